# SPDX-License-Identifier: Apache-2.0
# The libraries for others: find_package(aclc), targets aclc::NAME, headers under include/aclc at the paths they have here.
include(CMakePackageConfigHelpers)
set(config ${CMAKE_INSTALL_LIBDIR}/cmake/aclc)

get_property(libraries GLOBAL PROPERTY aclc_exported)
foreach(library IN LISTS libraries)
  string(REGEX REPLACE "^aclc_" "" name ${library})
  set_target_properties(${library} PROPERTIES EXPORT_NAME ${name})
endforeach()
install(TARGETS ${libraries} EXPORT aclc-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/aclc COMPONENT dev)
install(EXPORT aclc-targets NAMESPACE aclc:: DESTINATION ${config} COMPONENT dev)
foreach(room base parser evaluator compiler)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${room} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/aclc COMPONENT dev
          FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
endforeach()

# Header-only libraries are used in sources only; what is linked the consumer has to find, too.
set(ACLC_CONFIG_DEPENDENCIES "")
foreach(library IN LISTS libraries)
  get_target_property(kind ${library} TYPE)
  if(NOT kind STREQUAL INTERFACE_LIBRARY)
    get_target_property(linked ${library} LINK_LIBRARIES)
    if(linked MATCHES "PkgConfig::re2" AND NOT ACLC_CONFIG_DEPENDENCIES MATCHES re2)
      string(APPEND ACLC_CONFIG_DEPENDENCIES "find_dependency(PkgConfig)\npkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)\n")
    endif()
    if(linked MATCHES "OpenSSL::" AND NOT ACLC_CONFIG_DEPENDENCIES MATCHES OpenSSL)
      string(APPEND ACLC_CONFIG_DEPENDENCIES "find_dependency(OpenSSL)\n")
    endif()
  endif()
endforeach()

configure_package_config_file(aclc-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/aclc-config.cmake INSTALL_DESTINATION ${config})
# Before 1.0 a minor version may change what headers promise.
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/aclc-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/aclc-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/aclc-config-version.cmake DESTINATION ${config} COMPONENT dev)
