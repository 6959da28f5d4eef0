# SETU_SANITIZE: a list for -fsanitize= ("address,undefined", "thread"), for everything but SQLite.
# SETU_FUZZ: fuzz targets get libFuzzer (clang only) instead of our small stand-alone driver.

set(SETU_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")
option(SETU_FUZZ "Build the fuzz targets with libFuzzer" OFF)

if(SETU_SANITIZE)
  add_compile_options(-fsanitize=${SETU_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${SETU_SANITIZE})
  # GCC's manual warns of it: instrumented code confuses this warning. Plain builds keep it.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
endif()
if(SETU_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "SETU_FUZZ needs clang, found ${CMAKE_CXX_COMPILER_ID}; use `cmake --preset fuzz`")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
