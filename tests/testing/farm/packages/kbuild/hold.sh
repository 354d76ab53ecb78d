# hold.sh held   waits until the test has put /build/go there; anything else does not wait
[ "$1" = held ] || exit 0
echo "  HOLD    until /build/go is there"
tries=0
until [ -e /build/go ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 1200 ] || exit 1
  sleep 0.1
done
