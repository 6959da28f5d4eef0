# What makes a memory error stop the program instead of running on: programs here parse bytes from strangers and hold
# data that can get a person arrested. Costs a few per cent; on in every build.

include(CheckPIESupported)
check_pie_supported()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_compile_definitions(_GLIBCXX_ASSERTIONS)  # bounds of vector, string, span, optional
add_compile_options(-fstack-protector-strong)
add_link_options(-Wl,-z,relro,-z,now)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT SETU_SANITIZE)
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
