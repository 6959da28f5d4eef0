# Everything we link that is not ours, found once. All of it is in Debian 12, except SQLite (cmake/sqlite).
#
#   PkgConfig::sodium            core/crypto only
#   protobuf::libprotobuf-lite   core/wire only
#   PkgConfig::zstd              core/wire
#   tl::expected                 core/base
#   Threads::Threads, Boost::headers, OpenSSL::SSL, OpenSSL::Crypto, spdlog::spdlog, fmt::fmt     server and apps
#   CLI11::CLI11, nlohmann_json::nlohmann_json, PkgConfig::qrencode, PNG::PNG, PkgConfig::pangocairo   apps
#   rapidcheck, Catch2 (headers)                                                                   tests

find_package(PkgConfig REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET GLOBAL libsodium>=1.0.18)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET GLOBAL libzstd>=1.5)
pkg_check_modules(qrencode REQUIRED IMPORTED_TARGET GLOBAL libqrencode>=4.1)
pkg_check_modules(pangocairo REQUIRED IMPORTED_TARGET GLOBAL pangocairo>=1.50 cairo-pdf>=1.16)

find_package(Threads REQUIRED)
find_package(tl-expected REQUIRED)
find_package(Protobuf 3.21 REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED)  # libboost-dev would be 1.74: Asio and Beast need newer
find_package(OpenSSL 3 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(PNG REQUIRED)

if(BUILD_TESTING)
  find_package(Catch2 2.13 REQUIRED)
  find_package(rapidcheck REQUIRED)
endif()
