# The three kinds of target. Their link edges are the architecture: what a target includes must come from a target
# that it links, which the test `layers` checks from the file that probefarm_write_layers() writes.

# probefarm_library(NAME SRCS … HDRS … DEPS …): DEPS are public, since they appear in the headers.
# TESTING: a fake or a contract suite; no program may link it.
function(probefarm_library name)
  cmake_parse_arguments(ARG "TESTING" "" "SRCS;HDRS;DEPS" ${ARGN})
  if(ARG_TESTING AND NOT PROBEFARM_TESTS)
    return()
  endif()
  if(ARG_SRCS)
    add_library(${name} STATIC ${ARG_SRCS} ${ARG_HDRS})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${ARG_DEPS})
  else()
    add_library(${name} INTERFACE)
    target_sources(${name} INTERFACE ${ARG_HDRS})
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${ARG_DEPS})
  endif()
  _probefarm_record(${name} "${ARG_SRCS};${ARG_HDRS}" "${ARG_DEPS}")
endfunction()

# probefarm_program(NAME SRCS … DEPS …)
function(probefarm_program name)
  cmake_parse_arguments(ARG "" "" "SRCS;HDRS;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SRCS} ${ARG_HDRS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  _probefarm_record(${name} "${ARG_SRCS};${ARG_HDRS}" "${ARG_DEPS}")
endfunction()

# probefarm_test(NAME SRCS … DEPS … LABEL unit|contract|integration|docker|postgres|e2e
#                [TIMEOUT SECONDS] [USES THING])
# Each test case is one ctest test, of the name by which GoogleTest knows it. TEST_DATA_DIR names the folder of the
# CMakeLists.txt at run time. Of the tests that use a thing of which the machine has one, only one runs at a time.
function(probefarm_test name)
  if(NOT PROBEFARM_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT;USES" "SRCS;DEPS" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  set(lock "")
  if(ARG_USES)
    set(lock RESOURCE_LOCK ${ARG_USES})
  endif()
  add_executable(${name} ${ARG_SRCS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE
    TEST_DATA_DIR="${CMAKE_CURRENT_SOURCE_DIR}/testdata"
    PROGRAM_DIR="${CMAKE_BINARY_DIR}/bin")
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 30 DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES
    PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT} ${lock}
               ENVIRONMENT LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/cmake/leaks.supp:print_suppressions=0)
  _probefarm_record(${name} "${ARG_SRCS}" "${ARG_DEPS}")
endfunction()

function(_probefarm_record name sources deps)
  list(REMOVE_ITEM sources "")
  list(TRANSFORM sources PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  string(REPLACE ";" "," sources "${sources}")
  string(REPLACE ";" "," deps "${deps}")
  set_property(GLOBAL APPEND PROPERTY PROBEFARM_LAYERS "${name}|${sources}|${deps}")
endfunction()

# Writes one line a target: name|its files|what it links.
function(probefarm_write_layers)
  get_property(layers GLOBAL PROPERTY PROBEFARM_LAYERS)
  list(JOIN layers "\n" text)
  file(WRITE ${CMAKE_BINARY_DIR}/layers.txt "${text}\n")
endfunction()
