# SPDX-License-Identifier: Apache-2.0
# The third-party libraries, all from Debian 12 packages. ARCHITECTURE.md says what each is for.

find_package(Threads REQUIRED)
find_path(FMT_HEADERS fmt/format-inl.h REQUIRED)  # base/fmt makes the library from them
find_package(pegtl REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Boost REQUIRED)  # Boost.Graph is used header-only
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
set(OPENSSL_USE_STATIC_LIBS ${ACLC_STATIC})  # a static program takes no shared library
find_package(OpenSSL REQUIRED COMPONENTS Crypto)  # signatures and keys of the node daemon
pkg_check_modules(nftables REQUIRED IMPORTED_TARGET libnftables)  # the node daemon
pkg_check_modules(mnl REQUIRED IMPORTED_TARGET libmnl)  # netlink of the node daemon
pkg_check_modules(conntrack REQUIRED IMPORTED_TARGET libnetfilter_conntrack)  # ends of flows, for the node daemon's flow log
