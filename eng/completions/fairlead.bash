# bash completion: the binary itself knows what fits at the cursor.
_fairlead() {
    local IFS=$'\n'
    COMPREPLY=($(compgen -W "$(fairlead "[suggest:$COMP_POINT]" "$COMP_LINE" 2> /dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _fairlead fairlead
