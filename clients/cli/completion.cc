#include <algorithm>

#include "clients/cli/command_line.h"
#include "clients/cli/commands.h"
#include "clients/cli/exit_code.h"

namespace commonwatch::cli {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// Inside single quotes of any of the three shells.
std::string quoted(std::string text) {
  std::erase(text, '\'');
  return text;
}

std::vector<std::string> names_of(const std::vector<OptionSpec>& options) {
  std::vector<std::string> names;
  for (const auto& option : options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return names;
}

// What may follow an option that takes a value: `PATTERN) COMPREPLY=...`.
std::string bash_values(const std::vector<OptionSpec>& options) {
  std::string text;
  for (const auto& option : options) {
    if (!option.takes_value) continue;
    std::string pattern;
    for (const auto& name : option.names) pattern += (pattern.empty() ? "" : "|") + name;
    text += "        " + pattern + ") ";
    if (option.takes_path) {
      text += "COMPREPLY=($(compgen -f -- \"$current\"));";
    } else {
      text += "COMPREPLY=($(compgen -W '" + joined(option.values) + "' -- \"$current\"));";
    }
    text += " return ;;\n";
  }
  return text;
}

std::string bash_script(const CommandTree& tree) {
  std::vector<std::string> commands;
  for (const auto& command : tree.commands) commands.push_back(command.name);
  std::string text =
      "# bash completion for commonwatch\n"
      "_commonwatch() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local command= word\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case $word in ";
  for (std::size_t i = 0; i < commands.size(); ++i) text += (i > 0 ? "|" : "") + commands[i];
  text += ") command=$word; break ;; esac\n  done\n";
  text += "  case $previous in\n" + bash_values(tree.global) + "  esac\n";
  text += "  local global='" + joined(names_of(tree.global)) + "'\n  case $command in\n";
  for (const auto& command : tree.commands) {
    text += "    " + command.name + ")\n      case $previous in\n" + bash_values(command.options);
    text += "      esac\n";
    text += "      COMPREPLY=($(compgen -W '" + joined(names_of(command.options)) +
            " '\"$global\" -- \"$current\"))\n";
    if (command.takes_files) {
      text += "      [[ $current == -* ]] || COMPREPLY+=($(compgen -f -- \"$current\"))\n";
    }
    if (command.name == "completion") {
      text +=
          "      [[ $current == -* ]] || COMPREPLY=($(compgen -W 'bash zsh fish' -- "
          "\"$current\"))\n";
    }
    text += "      ;;\n";
  }
  text += "    *) COMPREPLY=($(compgen -W '" + joined(commands) +
          " '\"$global\" -- \"$current\")) ;;\n  esac\n}\n"
          "complete -o filenames -F _commonwatch commonwatch\n";
  return text;
}

std::string zsh_escaped(std::string text) {
  std::string escaped;
  for (const char c : quoted(std::move(text))) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

std::string zsh_options(const std::vector<OptionSpec>& options, const std::string& indent) {
  std::string text;
  for (const auto& option : options) {
    for (const auto& name : option.names) {
      text += indent + "'" + name + "[" + zsh_escaped(option.description) + "]";
      if (option.takes_value) {
        text += ":value:";
        if (option.takes_path) text += "_files";
        if (!option.values.empty()) text += "(" + joined(option.values) + ")";
      }
      text += "' \\\n";
    }
  }
  return text;
}

std::string zsh_script(const CommandTree& tree) {
  std::string text =
      "#compdef commonwatch\n"
      "_commonwatch() {\n"
      "  local -a commands\n"
      "  commands=(\n";
  for (const auto& command : tree.commands) {
    text += "    '" + command.name + ":" + zsh_escaped(command.description) + "'\n";
  }
  text += "  )\n  local word command=\n  for word in ${words[2,CURRENT-1]}; do\n    case $word in ";
  for (std::size_t i = 0; i < tree.commands.size(); ++i) {
    text += (i > 0 ? "|" : "") + tree.commands[i].name;
  }
  text += ") command=$word; break ;; esac\n  done\n  case $command in\n";
  for (const auto& command : tree.commands) {
    text += "    " + command.name + ")\n      _arguments \\\n";
    text += zsh_options(command.options, "        ") + zsh_options(tree.global, "        ");
    if (command.name == "completion") {
      text += "        '*:shell:(bash zsh fish)'";
    } else {
      text += command.takes_files ? "        '*:input:_files'" : "        '*: :'";
    }
    text += " ;;\n";
  }
  text +=
      "    *)\n      _arguments \\\n" + zsh_options(tree.global, "        ") +
      "        '*:: :->command'\n      [[ $state == command ]] && _describe command commands ;;\n"
      "  esac\n}\n_commonwatch \"$@\"\n";
  return text;
}

std::string fish_options(const std::vector<OptionSpec>& options, const std::string& condition) {
  std::string text;
  for (const auto& option : options) {
    text += "complete -c commonwatch" + condition;
    for (const auto& name : option.names) {
      const bool is_long = name.starts_with("--");
      text += is_long ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    if (option.takes_value) text += option.takes_path ? " -r -F" : " -x";
    if (!option.values.empty()) text += " -a '" + joined(option.values) + "'";
    text += " -d '" + quoted(option.description) + "'\n";
  }
  return text;
}

std::string fish_script(const CommandTree& tree) {
  std::string text = "# fish completion for commonwatch\n" + fish_options(tree.global, "");
  for (const auto& command : tree.commands) {
    text += "complete -c commonwatch -n __fish_use_subcommand -f -a " + command.name + " -d '" +
            quoted(command.description) + "'\n";
    const std::string condition = " -n '__fish_seen_subcommand_from " + command.name + "'";
    text += fish_options(command.options, condition);
    if (command.name == "completion") {
      text += "complete -c commonwatch" + condition + " -f -a 'bash zsh fish'\n";
    } else if (!command.takes_files) {
      text += "complete -c commonwatch" + condition + " -f\n";
    }
  }
  return text;
}

}  // namespace

int completion(const CompletionOptions& options, Terminal& terminal) {
  const auto tree = command_tree();
  if (options.shell == "bash") terminal.data(bash_script(tree));
  if (options.shell == "zsh") terminal.data(zsh_script(tree));
  if (options.shell == "fish") terminal.data(fish_script(tree));
  return kDone;
}

}  // namespace commonwatch::cli
