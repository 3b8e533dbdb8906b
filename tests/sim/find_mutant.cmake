# cmake -DPROGRAM=commonwatch-sim-mutant-NAME -DSEEDS=N -P find_mutant.cmake
#
# Holds if the simulation finds the fault of the mutant, as a broken invariant, and says how soon.
execute_process(COMMAND ${PROGRAM} --seeds ${SEEDS} --from 1
  OUTPUT_VARIABLE said ERROR_VARIABLE said RESULT_VARIABLE status)
if(NOT said MATCHES "seed [0-9]+ breaks: ([^\n]+)\n *([^\n]+)")
  message(FATAL_ERROR "${SEEDS} seeds do not find the fault (status ${status}): ${said}")
endif()
set(invariant "${CMAKE_MATCH_1}: ${CMAKE_MATCH_2}")
string(REGEX MATCH "found by seed [0-9]+" found "${said}")
message("${found}: ${invariant}")
