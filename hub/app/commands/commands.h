// The functions behind the table of commands: one file each beside this one.
#pragma once

#include "hub/app/command.h"

namespace commonwatch::app {

using server::OperatorOutput;

Result<int> verify(OperatorContext&, const Arguments&, OperatorOutput&);
Result<int> repair(OperatorContext&, const Arguments&, OperatorOutput&);
Result<int> backup(OperatorContext&, const Arguments&, OperatorOutput&);
Result<int> list_backups(OperatorContext&, const Arguments&, OperatorOutput&);
Result<int> restore(OperatorContext&, const Arguments&, OperatorOutput&);
Result<int> erase(OperatorContext&, const Arguments&, OperatorOutput&);
// Of the file of tokens.
Result<int> create_token(OperatorContext&, const Arguments&, OperatorOutput&);
Result<int> list_tokens(OperatorContext&, const Arguments&, OperatorOutput&);
Result<int> revoke_token(OperatorContext&, const Arguments&, OperatorOutput&);
// Of the audit log.
Result<int> show_audit_log(OperatorContext&, const Arguments&, OperatorOutput&);
Result<int> export_audit_log(OperatorContext&, const Arguments&, OperatorOutput&);
Result<int> verify_audit_log(OperatorContext&, const Arguments&, OperatorOutput&);

Result<int> explain_access(OperatorContext&, const Arguments&, OperatorOutput&);

// Of the running hub alone.
Result<int> print_running_configuration(OperatorContext&, const Arguments&, OperatorOutput&);
Result<int> reload(OperatorContext&, const Arguments&, OperatorOutput&);
Result<int> print_status(OperatorContext&, const Arguments&, OperatorOutput&);
Result<int> list_sessions(OperatorContext&, const Arguments&, OperatorOutput&);
Result<int> close_session(OperatorContext&, const Arguments&, OperatorOutput&);

}  // namespace commonwatch::app
