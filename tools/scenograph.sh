#!/bin/sh
# Prints the start script ./scenograph for the program given as a path from the repository's root.
# The script finds the program from wherever it is called, also by a link, and .NET where it was found now.
set -eu
root=$(dirname "$(readlink -f "$(command -v dotnet)")")
cat <<SCRIPT
#!/bin/sh
: "\${DOTNET_ROOT:=$root}"
export DOTNET_ROOT
self=\$(readlink -f "\$0")
exec "\${self%/*}/$1" "\$@"
SCRIPT
