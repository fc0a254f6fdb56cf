# start-loop.sh COMMAND...: for each line on standard input runs the command once and prints its exit status.
while read -r _; do
    "$@" > /dev/null 2>&1
    echo $?
done
