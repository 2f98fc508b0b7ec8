# SPDX-License-Identifier: Apache-2.0
# What belongs to the node daemon: unit, folders, configuration, manual.
set(daemon ${PROJECT_SOURCE_DIR}/daemon/packaging)
add_custom_command(OUTPUT ${made}/aclcd.8.gz COMMAND gzip -9nc ${CMAKE_CURRENT_SOURCE_DIR}/debian/aclcd.8 > ${made}/aclcd.8.gz
                   DEPENDS debian/aclcd.8 VERBATIM)
add_custom_target(packaging_aclcd ALL DEPENDS ${made}/aclcd.8.gz)
install(FILES ${daemon}/aclcd.service DESTINATION lib/systemd/system COMPONENT aclcd)
install(FILES ${daemon}/aclcd.tmpfiles DESTINATION lib/tmpfiles.d RENAME aclcd.conf COMPONENT aclcd)
install(FILES ${daemon}/aclcd.hujson DESTINATION /etc/aclcd COMPONENT aclcd)  # where the unit looks, whatever the prefix
install(FILES debian/aclcd.lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME aclcd COMPONENT aclcd)
install(FILES ${made}/aclcd.8.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man8 COMPONENT aclcd)
install(FILES debian/copyright ${made}/changelog.Debian.gz DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/aclcd COMPONENT aclcd)
