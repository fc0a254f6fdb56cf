# fish completion: the binary itself knows what fits at the cursor.
complete -c fairlead -f -a '(set -l line (commandline -cp); fairlead "[suggest:"(string length -- $line)"]" $line 2> /dev/null)'
complete -c fairlead -s f -r -F
