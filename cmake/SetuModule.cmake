# setu_module(<name> SOURCES a.cpp ... [LINKS target ...] [PRIVATE_LINKS target ...])
#
# A room of core/: static library setu_<name>, alias setu::<name>, without exceptions, in the module's own directory.
# LINKS are passed on to whoever links the module; PRIVATE_LINKS (libsodium, protobuf, SQLite) stay hidden behind it.
function(setu_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS;PRIVATE_LINKS")
  setu_refuse_leftovers(setu_module "${arg_UNPARSED_ARGUMENTS}")
  add_library(setu_${name} STATIC ${arg_SOURCES})
  add_library(setu::${name} ALIAS setu_${name})
  target_include_directories(setu_${name} PUBLIC ${PROJECT_SOURCE_DIR}/core/include ${PROJECT_SOURCE_DIR}/core)
  target_compile_options(setu_${name} PRIVATE -fno-exceptions)
  target_link_libraries(setu_${name} PUBLIC ${arg_LINKS} PRIVATE ${arg_PRIVATE_LINKS})
endfunction()

# setu_test(<name> SOURCES a_test.cpp ... [LINKS target ...])
#
# Program test_<name> with a Catch2 main, run by CTest as unit_<name> under the label <name>.
function(setu_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
  setu_refuse_leftovers(setu_test "${arg_UNPARSED_ARGUMENTS}")
  add_executable(test_${name} ${arg_SOURCES} $<TARGET_OBJECTS:setu_catch_main>)
  target_link_libraries(test_${name} PRIVATE ${arg_LINKS} rapidcheck)
  add_dependencies(setu_unit_tests test_${name})
  add_test(NAME unit_${name} COMMAND test_${name})
  set_tests_properties(unit_${name} PROPERTIES LABELS "unit;${name}" TIMEOUT 600)
endfunction()

function(setu_refuse_leftovers function leftovers)
  if(leftovers)
    message(FATAL_ERROR "${function}: what is `${leftovers}`? SOURCES and LINKS come after the name")
  endif()
endfunction()
