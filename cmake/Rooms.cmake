# commonwatch_room(NAME [USES room...] [LIBRARIES target...]): one static library for hub/NAME, from
# every .cc in it and in its folders, linked to exactly what its row in docs/ARCHITECTURE.md allows.
function(commonwatch_room name)
  cmake_parse_arguments(ROOM "" "" "USES;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc
    ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*/*.cc)
  add_library(hub_${name} STATIC ${sources})
  target_include_directories(hub_${name} PUBLIC ${CMAKE_SOURCE_DIR})
  list(TRANSFORM ROOM_USES PREPEND hub_)
  target_link_libraries(hub_${name} PUBLIC ${ROOM_USES} ${ROOM_LIBRARIES}
    PRIVATE commonwatch_warnings)
endfunction()
