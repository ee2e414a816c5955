#!/usr/bin/env bash
# What every pod of job.yaml runs: pod 0 starts the ranks, the others lend themselves to it until it is done.
#
#   ranks train MODEL --data D --out RUN …       a training; where RUN has begun already, it goes on
#   ranks evaluate RUN …                         any command that knows --distributed
#
# JOB_COMPLETION_INDEX   which pod this is, from 0 (Kubernetes sets it)
# HOSTS                  the names of all pods, with commas between, pod 0 first
# SLOTS                  ranks of each pod; 1 if left out
# KEY                    the private key with which pods let each other in; /etc/ranks/id_ed25519 if left out
# PORT                   of the pods' ssh; 2222 if left out
set -euo pipefail

readonly index=${JOB_COMPLETION_INDEX:?it says which pod this is} hosts=${HOSTS:?it names the pods}
readonly slots=${SLOTS:-1} port=${PORT:-2222} key=${KEY:-/etc/ranks/id_ed25519}
readonly own=/tmp/ranks
readonly finished=$own/finished

mkdir -p "$own"
chmod 700 "$own"
install -m 600 "$key" "$own/key" # ssh takes no key that others may read
ssh-keygen -y -f "$own/key" >"$own/authorized_keys"

serve() {
    [ -f "$own/host_key" ] || ssh-keygen -q -t ed25519 -N '' -f "$own/host_key"
    rm -f "$finished"
    "$(command -v sshd || echo /usr/sbin/sshd)" -D -e -p "$port" -f /dev/null -h "$own/host_key" \
        -o PidFile="$own/sshd.pid" -o UsePAM=no -o PasswordAuthentication=no -o StrictModes=no -o AuthorizedKeysFile="$own/authorized_keys" &
    local server=$!
    trap 'kill "$server" 2>/dev/null' EXIT
    until [ -f "$finished" ]; do
        kill -0 "$server" || exit 1
        sleep 1
    done
    exit "$(cat "$finished")"
}

# Hosts have no keys that anybody knows: they are made when a pod begins, and nobody but this job has the way in.
readonly reach="ssh -p $port -i $own/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ConnectTimeout=5"

launch() {
    local all=() places='' host status=0
    IFS=, read -ra all <<<"$hosts"
    for host in "${all[@]}"; do places+="$host:$slots,"; done
    for host in "${all[@]:1}"; do
        until $reach "$host" true 2>/dev/null; do
            echo "ranks: waiting for $host" >&2
            sleep 2
        done
    done

    # A pod that is started anew finds the run that it left.
    local arguments=("$@") out='' i
    for ((i = 0; i < ${#arguments[@]} - 1; i++)); do
        [ "${arguments[i]}" != --out ] || out=${arguments[i + 1]}
    done
    if [ "${arguments[0]}" = train ] && [ -n "$out" ] && [ -f "$out/run.json" ]; then arguments=(train --resume "$out"); fi

    mpirun --host "${places%,}" -np $((slots * ${#all[@]})) --mca plm_rsh_agent "$reach" --bind-to none -x DOTNET_CLI_TELEMETRY_OPTOUT=1 \
        "$(command -v probunet)" "${arguments[@]}" --distributed mpi || status=$?
    for host in "${all[@]:1}"; do $reach "$host" "echo $status > $finished" || true; done
    exit "$status"
}

if [ "$index" -eq 0 ]; then launch "$@"; else serve; fi
