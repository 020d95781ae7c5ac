
# Services, operations and their parameters, as the program knows them.
_tieline_names() {
    local name
    COMPREPLY=()
    while IFS= read -r name; do
        COMPREPLY+=("$name")
    done < <("$1" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then
        _tieline "$@"
    fi
}

complete -F _tieline_names -o bashdefault -o default tieline
