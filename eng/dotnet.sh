#!/usr/bin/env bash
# dotnet.sh ARGUMENTS...: `dotnet build`, `publish` and so on, with a compiler server for this one build that is gone
# after it. (A server halves the time of a build of the solution; the usual one would stay for ten minutes, and
# `dotnet build-server shutdown` would end other people's.) MSBuild's worker nodes don't stay either.
set -uo pipefail

export DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
server=fairlead-build-$$

shut_down() {
    local sdk compiler
    sdk=$(dotnet --version)
    compiler=$(dotnet --list-sdks | sed -n "s/^${sdk//./\\.} \[\(.*\)\]$/\1\/$sdk\/Roslyn\/bincore\/VBCSCompiler.dll/p")
    dotnet "$compiler" "-pipename:$server" -shutdown > /dev/null 2>&1
}
trap shut_down EXIT

dotnet "$@" -nodeReuse:false -p:UseSharedCompilation=true "-p:SharedCompilationId=$server"
