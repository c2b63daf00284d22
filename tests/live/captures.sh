#!/bin/bash
# Makes the captures of pcaps/ with real programs in a small internet of network namespaces
# (net.sh). Run as root; usage: captures.sh [DIRECTORY], by default the project's pcaps/.
#
# One function makes one capture, or the captures of one moment. Each file holds one exchange of
# interest, cut out with a capture filter. Nothing is replaced unless all of them came out well.
# Ports, transaction ids and times differ at each run: what the tests expect of these files has to
# be made again with them.
#
# Needs (Debian): coturn openvpn openssl tcpdump tshark nftables iproute2 ethtool python3

set -euo pipefail
shopt -s inherit_errexit

HERE=$(cd "$(dirname "$0")" && pwd)
DESTINATION=${1:-$HERE/../../pcaps}
WORK=$(mktemp -d)
OUT=$WORK/pcaps
CAPTURES=()

# shellcheck source=tests/live/net.sh
. "$HERE/net.sh"

finish() {
	local status=$?
	captures_end
	net_down
	rm -rf "$WORK"
	exit "$status"
}

# capture NS IF FILE FILTER [TCPDUMP OPTION...]: a classic pcap, until captures_end.
capture() {
	local log="$WORK/capture${#CAPTURES[@]}.log"
	mkdir -p "$(dirname "$OUT/$3")"
	: >"$log"
	ip netns exec "$(ns_name "$1")" tcpdump -Z root -U --immediate-mode -i "$2" -w "$OUT/$3" \
		"${@:5}" "$4" 2>"$log" &
	CAPTURES+=("$!")
	wait_for 10 grep -q 'listening on' "$log"
}

# capture_laptop FILE ETH0_FILTER TUN0_FILTER: one pcapng with both interfaces.
capture_laptop() {
	mkdir -p "$(dirname "$OUT/$1")"
	: >"$WORK/dumpcap.log"
	ip netns exec "$(ns_name lap)" dumpcap -q -i eth0 -f "$2" -i tun0 -f "$3" \
		-w "$WORK/laptop.pcapng" 2>"$WORK/dumpcap.log" &
	CAPTURES+=("$!")
	wait_for 10 grep -q '^File: ' "$WORK/dumpcap.log"
}

# Both interfaces are read by threads of their own, so the frames need to be put in order.
capture_laptop_end() {
	captures_end
	reordercap "$WORK/laptop.pcapng" "$OUT/$1" >/dev/null
	/usr/bin/python3 "$HERE/pcapng_plain.py" "$OUT/$1"
}

captures_end() {
	local pid
	((${#CAPTURES[@]})) || return 0
	sleep 0.4
	for pid in "${CAPTURES[@]}"; do
		kill -INT "$pid" 2>/dev/null || true
		wait "$pid" || true
	done
	CAPTURES=()
}

# stunclient NS [OPTION...] SERVER. It sends a bare header, as browsers do.
stunclient() { in_ns "$1" timeout 20 turnutils_stunclient "${@:2}" >>"$WORK/clients.log"; }
# For what coturn's client does not do: retransmit, and speak RFC 3489.
own_client() { in_ns lap /usr/bin/python3 "$HERE/stun_client.py" "$@"; }
turnclient() {
	in_ns lap timeout 30 turnutils_uclient -c -n 1 -l 20 -u alice -w wonderland -e 192.0.2.11 "$@" \
		192.0.2.10 >>"$WORK/clients.log"
}

# --- no tunnel ---

srflx_v4() {
	capture lap eth0 srflx-outside-egress/hit-srflx-v4.pcap 'udp port 3478'
	stunclient lap 192.0.2.10
	captures_end
}

srflx_v6() {
	capture lap eth0 srflx-outside-egress/hit-srflx-v6.pcap 'udp port 3478'
	stunclient lap -L 2001:db8:77::10 2001:db8:10::10
	captures_end
}

srflx_egress_declared() {
	capture lap eth0 srflx-outside-egress/miss-egress-declared.pcap 'udp port 3478'
	stunclient lap 192.0.2.10
	captures_end
}

# A peer asks the laptop: the answer that the laptop sends carries the peer's address.
srflx_peer_address() {
	stun_start lap laptop-stun 3478 192.168.77.10 --no-rfc5780
	local responder=${NET_PIDS[-1]}
	capture lap eth0 srflx-outside-egress/miss-peer-address.pcap 'udp port 3478'
	stunclient peer 198.51.100.23
	captures_end
	kill "$responder"
}

lan_server() {
	capture lap eth0 srflx-outside-egress/miss-nat-none.pcap 'udp port 3478'
	stunclient lap 192.168.77.20
	captures_end
	capture lap eth0 stun-outside-tunnel/miss-lan-server.pcap 'udp port 3478'
	stunclient lap 192.168.77.20
	captures_end
}

no_policy() {
	capture lap eth0 exposure/hit-no-policy.pcap 'udp port 3478'
	stunclient lap 192.0.2.10
	captures_end
}

# One exchange, seen on both sides of the home's NAT: the transaction id is what they share.
vantages() {
	capture gw lan0 vantage/gateway-lan.pcap 'udp port 3478'
	capture gw wan0 vantage/gateway-wan.pcap 'udp port 3478'
	stunclient lap 192.0.2.10
	captures_end
}

formats() {
	capture lap any formats/stun-sll.pcap 'udp port 3478' -y LINUX_SLL
	capture lap any formats/stun-sll2.pcap 'udp port 3478' -y LINUX_SLL2
	capture lap eth0 formats/stun-nanoseconds.pcap 'udp port 3478' \
		--time-stamp-precision=nano
	stunclient lap 192.0.2.10
	captures_end
	capture lap eth0 formats/stun-rfc3489.pcap 'udp port 3478'
	own_client --classic 192.0.2.10 3478
	captures_end
}

nat_discovery() {
	capture lap eth0 formats/stun-nat-discovery.pcap 'udp portrange 3478-3479'
	in_ns lap timeout 30 turnutils_natdiscovery -m -L 192.168.77.10 192.0.2.11 >>"$WORK/clients.log"
	captures_end
}

# --- with the tunnel up ---

two_interfaces() {
	local file=srflx-outside-egress/hit-laptop-two-interfaces.pcapng
	capture_laptop $file 'udp port 3478' 'udp port 3478'
	stunclient lap 192.0.2.10
	sleep 0.2
	stunclient lap -L 192.168.77.10 192.0.2.10
	capture_laptop_end $file
}

stun_unanswered() {
	capture lap eth0 stun-outside-tunnel/hit-unanswered.pcap 'udp port 3478'
	own_client --source 192.168.77.10 192.0.2.12 3478 || true
	captures_end
}

stun_other_port() {
	capture lap eth0 "srflx-outside-egress/hit-port-$1.pcap" "udp port $1"
	stunclient lap -p "$1" -L 192.168.77.10 192.0.2.10
	captures_end
}

stun_inside() {
	local file=stun-outside-tunnel/miss-inside-tunnel.pcapng
	capture_laptop $file 'udp port 1194 or udp port 3478' 'udp port 3478'
	stunclient lap 192.0.2.10
	capture_laptop_end $file
}

# The client makes a first allocation on its own (six packets), then one that it uses.
turn_outside() {
	capture lap eth0 turn-outside-tunnel/hit-allocate.pcap 'udp port 3478' -c 6
	capture lap eth0 formats/turn-channel.pcap 'udp port 3478'
	turnclient -L 192.168.77.10
	captures_end
}

turn_inside() {
	capture lap tun0 turn-outside-tunnel/miss-inside-tunnel.pcap 'udp port 3478' -c 6
	turnclient -L 10.8.0.2
	captures_end
}

through_tunnel() {
	capture lap tun0 srflx-outside-egress/miss-through-tunnel.pcap 'udp port 3478'
	stunclient lap 192.0.2.10
	captures_end
	capture lap tun0 exposure/miss-through-tunnel.pcap 'udp port 3478'
	stunclient lap 192.0.2.10
	captures_end
	capture lap tun0 formats/stun-raw-ip.pcap 'udp port 3478'
	stunclient lap 192.0.2.10
	captures_end
}

# The README keeps its words; the table of what is in the files, its last part, is made again.
publish() {
	local readme
	readme=$(realpath -m "$DESTINATION/README.md")
	/usr/bin/python3 "$HERE/capture_facts.py" "$OUT" >"$WORK/facts.md"
	mkdir -p "$DESTINATION"
	cp -r "$OUT/." "$DESTINATION/"
	if [[ -f $readme ]]; then
		sed -i '/^## What is in them/,$d' "$readme"
	fi
	cat "$WORK/facts.md" >>"$readme"
	echo "captures written to $DESTINATION" >&2
}

main() {
	if ((EUID != 0)); then
		echo "captures.sh: needs root, for network namespaces" >&2
		exit 2
	fi
	trap finish EXIT
	trap 'exit 130' INT TERM
	net_up
	stun_start srv stun 3478 192.0.2.10 -L 2001:db8:10::10 --no-rfc5780
	stun_start srv stun-nat-tests 3478 192.0.2.11 -L 192.0.2.13
	stun_start srv stun53 53 192.0.2.10 --no-rfc5780
	stun_start srv stun443 443 192.0.2.10 --no-rfc5780
	stun_start lan stun-lan 3478 192.168.77.20 --no-rfc5780
	in_ns_start srv peer turnutils_peer -L 192.0.2.11 -p 3480
	# Neighbours are found and addresses settled before anything is captured.
	wait_for 10 own_client --tries 1 192.0.2.10 3478
	wait_for 10 own_client --tries 1 2001:db8:10::10 3478

	srflx_v4
	srflx_v6
	srflx_egress_declared
	srflx_peer_address
	lan_server
	no_policy
	vantages
	formats
	nat_discovery

	vpn_up
	two_interfaces
	stun_unanswered
	stun_other_port 53
	stun_other_port 443
	stun_inside
	turn_outside
	turn_inside
	through_tunnel
	vpn_down
	publish
}

main
