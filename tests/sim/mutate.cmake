# cmake -DMUTATION=mutations/NAME.txt -DROOT=checkout -DOUTPUT=file -P mutate.cmake
#
# Writes the source file that the mutation names, with its fault. A mutation says what the fault is,
# then `file:`, then `old:` and `new:`, each with the lines that follow.
file(READ ${MUTATION} text)
if(NOT text MATCHES "^(.*)\nfile: ([^\n]+)\nold:\n(.*)\nnew:\n(.*)$")
  message(FATAL_ERROR "${MUTATION} is no mutation: it needs what the fault is, file:, old:, new:")
endif()
set(source ${CMAKE_MATCH_2})
set(old "${CMAKE_MATCH_3}")
set(new "${CMAKE_MATCH_4}")
string(REGEX REPLACE "\n$" "" new "${new}")
file(READ ${ROOT}/${source} code)
string(FIND "${code}" "${old}" first)
string(FIND "${code}" "${old}" last REVERSE)
if(first EQUAL -1)
  message(FATAL_ERROR "${MUTATION}: ${source} does not hold the old text any more. The code has "
    "changed: bring the mutation up to date, so that its fault is planted again.")
endif()
if(NOT first EQUAL last)
  message(FATAL_ERROR "${MUTATION}: ${source} holds the old text twice; name more of it")
endif()
string(REPLACE "${old}" "${new}" code "${code}")
file(WRITE ${OUTPUT} "${code}")
