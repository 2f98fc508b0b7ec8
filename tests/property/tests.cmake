# SPDX-License-Identifier: Apache-2.0
# One line a program: aclc_property_test(FILE targets it links...)
