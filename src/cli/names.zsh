# Services, operations and their parameters, as the program knows them.
_tieline() {
    local -a found
    found=("${(@f)$("${words[1]}" complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -n "${found[1]}" ]]; then
        compadd -- "${found[@]}"
    else
        _tieline_words "$@"
    fi
}
