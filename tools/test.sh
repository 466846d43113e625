#!/bin/sh
# Runs every test project, built before, and ends with one line 'N passed, N failed' (', N skipped' where some were).
# A project whose run breaks off counts as a failure, however its tests went; no test at all is a failure too.
# Usage: tools/test.sh [Release|Debug]
set -u
configuration=${1:-Release}
results=$PWD/artifacts/tests
rm -rf "$results"
mkdir -p "$results"
passed=0
failed=0
skipped=0

# Number in the attribute $2 of the <Counters> of the result file $1; 0 where there is none.
counter() {
    number=$(tr '\n' ' ' < "$1" | grep -o '<Counters [^>]*' | grep -o " $2=\"[0-9]*\"" | tr -dc '0-9')
    echo "${number:-0}"
}

for project in Unit Golden Learning EndToEnd; do
    report=$results/$project.trx
    echo "== $project"
    dotnet test "tests/$project" --no-build -c "$configuration" --nologo \
        --logger "trx;LogFileName=$report" --logger "console;verbosity=minimal" --blame-hang-timeout 20m --blame-hang-dump-type none --results-directory "$results"
    status=$?
    bad=0
    if [ -f "$report" ]; then
        total=$(counter "$report" total)
        good=$(counter "$report" passed)
        bad=$(counter "$report" failed)
        executed=$(counter "$report" executed)
        passed=$((passed + good))
        failed=$((failed + bad))
        skipped=$((skipped + total - executed))
    fi
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
        echo "$project: the run broke off (exit code $status)" >&2
        failed=$((failed + 1))
    fi
done

if [ $((passed + failed)) -eq 0 ]; then
    echo 'no test was run' >&2
    failed=1
fi
summary="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || summary="$summary, $skipped skipped"
echo "$summary" | tee "$results/summary"
[ "$failed" -eq 0 ]
