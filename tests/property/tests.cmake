# SPDX-License-Identifier: Apache-2.0
# One line a program: aclc_property_test(FILE targets it links...)
aclc_property_test(net aclc_net)
aclc_property_test(classify aclc_classify)
aclc_property_test(check aclc_check aclc_syntax aclc_diagnostics)
aclc_property_test(policy aclc_policy)
aclc_property_test(packet aclc_packet)
aclc_property_test(boxes aclc_planner aclc_classify)
aclc_property_test(syntax aclc_syntax)
