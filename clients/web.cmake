# The TypeScript SDK and the dashboard on it, built by npm in the checkout from clients/package-lock.json,
# and the dashboard laid beside the programs, where the hub looks for it.
include(Dashboard)
set(web ${CMAKE_CURRENT_SOURCE_DIR})
set(built ${CMAKE_BINARY_DIR}/share/commonwatch/dashboard)
file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS
  ${web}/typescript/src/*.ts ${web}/typescript/tools/* ${web}/dashboard/src/*.ts
  ${web}/dashboard/src/*.css ${web}/dashboard/src/*.svg ${web}/dashboard/tools/*
  ${web}/dashboard/public/* ${CMAKE_SOURCE_DIR}/proto/commonwatch/v1/*.proto)
list(FILTER web_sources EXCLUDE REGEX "/generated/")

add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/clients/web_packages.stamp
  COMMAND ${COMMONWATCH_NPM} ci --no-audit --no-fund
  COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_BINARY_DIR}/clients/web_packages.stamp
  DEPENDS ${web}/package-lock.json ${web}/package.json
  WORKING_DIRECTORY ${web} COMMENT "Fetching the dashboard's packages" VERBATIM)
add_custom_command(OUTPUT ${built}/index.html
  COMMAND ${COMMONWATCH_NPM} run build
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${built}
  COMMAND ${CMAKE_COMMAND} -E copy_directory ${web}/dashboard/dist ${built}
  COMMAND ${CMAKE_COMMAND} -E touch ${built}/index.html
  DEPENDS ${CMAKE_BINARY_DIR}/clients/web_packages.stamp ${web_sources}
    ${web}/dashboard/index.html ${web}/dashboard/vite.config.ts ${web}/dashboard/package.json
    ${web}/dashboard/tsconfig.json ${web}/typescript/package.json ${web}/typescript/tsconfig.json
  WORKING_DIRECTORY ${web} COMMENT "Building the dashboard" VERBATIM)
add_custom_target(dashboard ALL DEPENDS ${built}/index.html)
install(DIRECTORY ${built} DESTINATION share/commonwatch)

if(COMMONWATCH_TESTS)
  # Both build in the checkout: one after the other.
  add_test(NAME "clients: typescript" COMMAND ${COMMONWATCH_NPM} test WORKING_DIRECTORY ${web})
  add_test(NAME "clients: dashboard in a browser"
    COMMAND ${web}/dashboard/tests/in_browser ${COMMONWATCH_NPM}
    WORKING_DIRECTORY ${web})
  set_tests_properties("clients: typescript" "clients: dashboard in a browser" PROPERTIES
    LABELS clients TIMEOUT 900 SKIP_RETURN_CODE 77 RESOURCE_LOCK web)
endif()
