# The plain shell's side of the comparison: cni-loop.sh PLUGIN CONFIGURATION RESULTS
#
# For each line "VERB CONTAINER NETNS IFNAME" on standard input it runs the plugin once and prints the exit status.
# CONFIGURATION lacks its last brace; results are kept in the directory RESULTS. Any other VERB runs nothing: that is what
# the line there and the line back cost.
#
# No fork but the plugin's own: dash starts a simple command by vfork, writes a short here-document into a pipe itself, and
# `read` is built in. $(...) would be one more fork for each ADD.
plugin=$1
configuration=$2
results=$3
export CNI_COMMAND CNI_CONTAINERID CNI_NETNS CNI_IFNAME CNI_ARGS=

while read -r CNI_COMMAND CNI_CONTAINERID CNI_NETNS CNI_IFNAME; do
    case $CNI_COMMAND in
    ADD)
        "$plugin" > "$results/$CNI_CONTAINERID" << END
$configuration}
END
        ;;
    DEL)
        previous=
        while IFS= read -r line; do previous=$previous$line; done < "$results/$CNI_CONTAINERID"
        previous=$previous$line # the last line has no end
        "$plugin" >&2 << END
$configuration,"prevResult":$previous}
END
        ;;
    *) : ;;
    esac
    echo $?
done
