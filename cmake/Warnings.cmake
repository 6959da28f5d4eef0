# Warnings for our own code. SETU_WERROR turns them into errors; the presets of `./dev` do, so that none gets in.

option(SETU_WERROR "Treat warnings as errors" OFF)

add_compile_options(
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wextra-semi -Wimplicit-fallthrough)
if(SETU_WERROR)
  add_compile_options(-Werror)
endif()
