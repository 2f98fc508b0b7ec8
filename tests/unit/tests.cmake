# SPDX-License-Identifier: Apache-2.0
# One line a program: aclc_unit_test(FOLDER targets it links...)
