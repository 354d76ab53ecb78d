# How every target is compiled: language level, warnings, sanitizers, linker, ccache.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

add_compile_options(-Wall -Wextra -Werror -Wnon-virtual-dtor -Woverloaded-virtual -fno-strict-aliasing)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-Wthread-safety -Wthread-safety-beta)
else()
  # g++ 12 sees overlapping copies and uninitialised optionals where there are none (GCC bugs 105651, 80635), and
  # takes designated initialisers, whose point it is to leave fields out, for forgetfulness.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-missing-field-initializers)
endif()

find_program(LLD ld.lld)
if(LLD)
  add_link_options(-fuse-ld=lld)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

if(PROBEFARM_SANITIZE)
  add_compile_options(-fsanitize=${PROBEFARM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -O1)
  add_link_options(-fsanitize=${PROBEFARM_SANITIZE})
endif()
if(PROBEFARM_SANITIZE MATCHES "undefined")
  add_compile_options(-fsanitize-ignorelist=${CMAKE_SOURCE_DIR}/cmake/ubsan.ignore)
endif()
if(PROBEFARM_COVERAGE)
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()
