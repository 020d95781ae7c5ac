
# Services, operations and their parameters, as the program knows them.
function __fish_tieline_names
    set -l words (commandline -opc)
    $words[1] complete -- $words[2..-1] (commandline -ct | string collect --allow-empty) 2>/dev/null
end
for command in call docs explain login
    complete -c tieline -n "__fish_tieline_using_subcommand $command" -f -a "(__fish_tieline_names)"
end
