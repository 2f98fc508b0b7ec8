# SPDX-License-Identifier: Apache-2.0
# One line a program: aclc_unit_test(FOLDER targets it links...)
aclc_unit_test(base aclc_base)
aclc_unit_test(net aclc_net)
aclc_unit_test(policy aclc_policy nlohmann_json::nlohmann_json)
aclc_unit_test(text aclc_text)
aclc_unit_test(check aclc_check aclc_syntax aclc_diagnostics)
aclc_unit_test(diagnostics aclc_diagnostics nlohmann_json::nlohmann_json)
aclc_unit_test(packet aclc_packet)
