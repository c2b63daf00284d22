# shellcheck shell=bash
# A small internet in network namespaces, sourced by the scripts of this folder.
#
#   lan 192.168.77.20 ─┐                           ┌─ srv  192.0.2.10 to .13, 2001:db8:10::10
#   lap 192.168.77.10 ─┴─ gw (NAT, 198.51.100.23) ─ isp ─┬─ vpn  203.0.113.7 (inside: 10.8.0.1)
#       fd77::10, 2001:db8:77::10                        └─ peer 203.0.113.50
#
# Namespaces carry the process id in their names, so that two runs never meet. Everything that is
# started is recorded and ended by its own process id. Offloads are off: checksums and sizes are a
# wire's. Documentation and private addresses only.

NET=seep$$
NET_PIDS=()
NET_MAC=0

ns_name() { echo "$NET-$1"; }

# in_ns NS COMMAND...: runs there. It execs, so that $! of a background run is the program's own.
in_ns() { ip netns exec "$NET-$1" "${@:2}"; }

# Starts a program in the background, its messages going to a log file of the run.
in_ns_start() {
	ip netns exec "$NET-$1" "${@:3}" >"$WORK/$2.log" 2>&1 </dev/null &
	NET_PIDS+=("$!")
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
	local end=$((SECONDS + $1))
	until "${@:2}" >/dev/null 2>&1; do
		if ((SECONDS >= end)); then
			echo "timed out: ${*:2}" >&2
			return 1
		fi
		sleep 0.1
	done
}

# link NS_A IF_A NS_B IF_B: a veth cable.
link() {
	ip link add "$2" netns "$NET-$1" type veth peer name "$4" netns "$NET-$3"
	in_ns "$1" ethtool -K "$2" tx off rx off tso off gso off gro off >/dev/null 2>&1 || true
	in_ns "$3" ethtool -K "$4" tx off rx off tso off gso off gro off >/dev/null 2>&1 || true
	mac_set "$1" "$2"
	mac_set "$3" "$4"
	in_ns "$1" ip link set "$2" up
	in_ns "$3" ip link set "$4" up
}

# The next of the hardware addresses for documentation (RFC 9542 section 2.1.2).
mac_set() {
	NET_MAC=$((NET_MAC + 1))
	in_ns "$1" ip link set "$2" address "$(printf '00:00:5e:00:53:%02x' "$NET_MAC")"
}

# bridge NS NAME PORT...
bridge() {
	in_ns "$1" ip link add "$2" type bridge
	mac_set "$1" "$2"
	in_ns "$1" ip link set "$2" up
	local port
	for port in "${@:3}"; do
		in_ns "$1" ip link set "$port" master "$2"
	done
}

# address NS IF ADDR/LEN...
address() {
	local a
	for a in "${@:3}"; do
		case $a in
		*:*) in_ns "$1" ip addr add "$a" dev "$2" nodad ;;
		*) in_ns "$1" ip addr add "$a" dev "$2" ;;
		esac
	done
}

route_default() {
	local via
	for via in "${@:2}"; do
		in_ns "$1" ip route add default via "$via"
	done
}

forwarding_on() {
	in_ns "$1" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward
		echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
}

net_up() {
	local ns
	for ns in lap lan gw isp srv vpn peer; do
		ip netns add "$NET-$ns"
		in_ns "$ns" ip link set lo up
	done
	link lap eth0 gw port0
	link lan eth0 gw port1
	link gw wan0 isp home0
	link srv eth0 isp srv0
	link vpn eth0 isp port0
	link peer eth0 isp port1
	bridge gw lan0 port0 port1
	bridge isp br0 port0 port1
	forwarding_on gw
	forwarding_on isp
	forwarding_on vpn

	address lap eth0 192.168.77.10/24 fd77::10/64 2001:db8:77::10/64
	address lan eth0 192.168.77.20/24
	address gw lan0 192.168.77.1/24 fd77::1/64 2001:db8:77::1/64
	address gw wan0 198.51.100.23/24 2001:db8:51::23/64
	address isp home0 198.51.100.1/24 2001:db8:51::1/64
	address isp srv0 192.0.2.1/24 2001:db8:10::1/64
	address isp br0 203.0.113.1/24
	address srv eth0 192.0.2.10/24 192.0.2.11/24 192.0.2.12/24 192.0.2.13/24 \
		2001:db8:10::10/64
	address vpn eth0 203.0.113.7/24
	address peer eth0 203.0.113.50/24

	route_default lap 192.168.77.1 2001:db8:77::1
	route_default lan 192.168.77.1
	route_default gw 198.51.100.1 2001:db8:51::1
	route_default srv 192.0.2.1 2001:db8:10::1
	route_default vpn 203.0.113.1
	route_default peer 203.0.113.1
	in_ns isp ip route add 2001:db8:77::/64 via 2001:db8:51::23

	# The home's NAT; the laptop answers on the home's own port 3478.
	in_ns gw nft -f - <<-'NFT'
		table ip nat {
			chain post {
				type nat hook postrouting priority srcnat
				ip saddr 192.168.77.0/24 oifname "wan0" masquerade
			}
			chain pre {
				type nat hook prerouting priority dstnat
				iifname "wan0" udp dport 3478 dnat to 192.168.77.10
			}
		}
	NFT
	in_ns vpn nft -f - <<-'NFT'
		table ip nat {
			chain post {
				type nat hook postrouting priority srcnat
				ip saddr 10.8.0.0/24 oifname "eth0" masquerade
			}
		}
	NFT
	# A server that hears and never answers.
	in_ns srv nft -f - <<-'NFT'
		table ip silent {
			chain in {
				type filter hook input priority filter
				ip daddr 192.0.2.12 drop
			}
		}
	NFT
}

# stun_start NS NAME PORT ADDR [OPTION...]: a coturn server. Without --no-rfc5780 its answers offer
# another address, and turnutils_stunclient then waits for answers that a home's NAT never lets in.
stun_start() {
	in_ns_start "$1" "$2" turnserver -n --no-cli --no-tls --no-dtls --no-tcp \
		--listening-port "$3" -L "$4" -E "$4" "${@:5}" --lt-cred-mech -u alice:wonderland \
		-r example.org --userdb "$WORK/$2.db" --pidfile "$WORK/$2.pid" --log-file stdout
	wait_for 10 ns_listens "$1" "$4:$3"
}

ns_listens() { in_ns "$1" ss -Hlun | grep -qF "$2 "; }

# Throw-away keys; each end knows the other by its fingerprint, so no authority is needed.
vpn_key() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
		-subj "/CN=$1" -keyout "$WORK/$1.key" -out "$WORK/$1.crt" 2>/dev/null
	openssl x509 -in "$WORK/$1.crt" -noout -fingerprint -sha256 | cut -d= -f2 >"$WORK/$1.fp"
}

vpn_up() {
	vpn_key server
	vpn_key client
	in_ns_start vpn openvpn-server openvpn --dev tun0 --dev-type tun --topology subnet \
		--server 10.8.0.0 255.255.255.0 --local 203.0.113.7 --port 1194 --proto udp4 \
		--cert "$WORK/server.crt" --key "$WORK/server.key" --dh none --disable-dco \
		--peer-fingerprint "$(<"$WORK/client.fp")"
	wait_for 10 ns_listens vpn 203.0.113.7:1194
	in_ns_start lap openvpn-client openvpn --client --dev tun0 --dev-type tun --nobind \
		--remote 203.0.113.7 1194 udp4 --redirect-gateway def1 --disable-dco \
		--cert "$WORK/client.crt" --key "$WORK/client.key" \
		--peer-fingerprint "$(<"$WORK/server.fp")"
	VPN_CLIENT=${NET_PIDS[-1]}
	wait_for 20 grep -q 'Initialization Sequence Completed' "$WORK/openvpn-client.log"
	# A socket bound to the LAN address goes around the tunnel, as on a laptop with two uplinks.
	in_ns lap ip route add default via 192.168.77.1 table 77
	in_ns lap ip rule add from 192.168.77.10 table 77
}

vpn_down() {
	in_ns lap ip rule del from 192.168.77.10 table 77
	in_ns lap ip route flush table 77
	kill "$VPN_CLIENT"
	wait "$VPN_CLIENT" 2>/dev/null || true
}

net_down() {
	local pid ns
	for pid in "${NET_PIDS[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	for pid in "${NET_PIDS[@]}"; do
		wait "$pid" 2>/dev/null || true
	done
	for ns in lap lan gw isp srv vpn peer; do
		ip netns del "$NET-$ns" 2>/dev/null || true
	done
}
