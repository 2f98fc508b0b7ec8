# SPDX-License-Identifier: Apache-2.0
# One line a target: aclc_fuzz_target(NAME targets it links...)
aclc_fuzz_target(parse aclc_syntax)
aclc_fuzz_target(fmt aclc_syntax)
aclc_fuzz_target(program aclc_classify)
aclc_fuzz_target(tailnet aclc_tailnet)
aclc_fuzz_target(packet aclc_packet)
aclc_fuzz_target(snapshot aclc_snapshot)
aclc_fuzz_target(http aclc_local_api)
