# SPDX-License-Identifier: Apache-2.0
# `cpack --config CPackConfig.cmake` in the build tree makes aclc_VERSION-1_ARCH.deb.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME aclc)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # each package has its own
set(CPACK_PACKAGE_VENDOR "the authors of aclc")
set(CPACK_PACKAGE_CONTACT "the authors of aclc <aclc@aclc.example>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL aclc)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)

set(CPACK_DEBIAN_ACLC_PACKAGE_NAME aclc)
set(CPACK_DEBIAN_ACLC_PACKAGE_SECTION net)
set(CPACK_DEBIAN_ACLC_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_ACLC_DESCRIPTION "policy toolchain for WireGuard mesh networks
One HuJSON file says who may reach what in a tailnet. aclc checks it, tests
it, formats it, compiles it and explains it, offline, every fault at once,
and puts it in force with a control plane.")

if(TARGET aclcd)
  list(APPEND CPACK_COMPONENTS_ALL aclcd)
  set(CPACK_DEBIAN_ACLCD_PACKAGE_NAME aclcd)
  set(CPACK_DEBIAN_ACLCD_PACKAGE_SECTION net)
  set(CPACK_DEBIAN_ACLCD_PACKAGE_RECOMMENDS wireguard-go)
  set(CPACK_DEBIAN_ACLCD_PACKAGE_SUGGESTS aclc)
  file(GLOB scripts ${CMAKE_CURRENT_SOURCE_DIR}/debian/aclcd/*)
  set(CPACK_DEBIAN_ACLCD_PACKAGE_CONTROL_EXTRA ${scripts})
  set(CPACK_DEBIAN_ACLCD_PACKAGE_CONTROL_STRICT_PERMISSION ON)
  set(CPACK_DEBIAN_ACLCD_DESCRIPTION "node daemon that enforces a tailnet policy
aclcd reads the signed snapshots that aclc writes and puts what they say in
force on a node of a WireGuard mesh: packet filter, tunnel, addresses and
routes. It is not started before it is configured.")
endif()
include(CPack)
