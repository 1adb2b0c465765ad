package fastlz

// The estimate is a line over the length that FastLZ gives, with a least value, in millionths of a byte (Fjord).
const (
	micro    = 1_000_000
	least    = 100 * micro
	atZero   = -42_585_600
	eachByte = 836_500
)

// Estimate is the size that the protocol expects of a raw transaction in a compressed batch, in millionths of a byte; 100 bytes at
// least. The data fee is charged for it. raw is shorter than 2 GiB.
func Estimate(raw []byte) uint64 {
	return uint64(max(int64(least), atZero+eachByte*int64(Length(raw))))
}

// Size is Estimate in whole bytes, rounded down: what a transaction counts with in the footprint of its block's data (Jovian).
func Size(raw []byte) uint64 { return Estimate(raw) / micro }

// FastLZ as the protocol fixes it: Solady's, of which the exact length counts, oddities included.
const (
	table        = 1 << 13 // positions by a hash of three bytes
	far          = table - 1
	tail         = 13 // no match begins in the last bytes
	rest         = 4  // nor does one end there
	literalsEach = 32
	longest      = 262
	short        = 6
	multiply     = 2654435769
)

// meter measures data as FastLZ would compress it.
type meter struct {
	data   []byte
	seen   [table]int32 // positions
	length int
}

// Length is the length of data that FastLZ, level 1, has compressed.
func Length(data []byte) int {
	z, limit := &meter{data: data}, max(len(data)-tail, 0)
	begin := 0
	for at := 2; at < limit; {
		found, from := z.search(at, limit)
		if at = found; at+1 >= limit {
			break
		}
		z.literals(at - begin)
		n := z.equal(from+3, at+3, limit+tail-rest)
		z.match(n)
		z.remember(at + n)
		z.remember(at + n + 1)
		at += n + 2
		begin = at
	}
	z.literals(len(data) - begin)
	return z.length
}

func (z *meter) three(at int) uint32 {
	return uint32(z.data[at]) | uint32(z.data[at+1])<<8 | uint32(z.data[at+2])<<16
}

// remember gives what was at the place of a position's bytes in the table, and puts the position there.
func (z *meter) remember(at int) (before int) {
	slot := z.three(at) * multiply >> 19 & far
	before, z.seen[slot] = int(z.seen[slot]), int32(at)
	return before
}

// search finds the next position whose three bytes are those of an earlier one; the limit if there is none.
func (z *meter) search(at, limit int) (found, from int) {
	for ; at < limit; at++ {
		if from = z.remember(at); at-from <= far && z.three(at) == z.three(from) {
			return at, from
		}
	}
	return limit, 0
}

// equal counts the bytes that two positions have in common, and the first one that differs.
func (z *meter) equal(a, b, end int) (n int) {
	for ; b+n < end; n++ {
		if z.data[a+n] != z.data[b+n] {
			return n + 1
		}
	}
	return n
}

func (z *meter) literals(n int) {
	z.length += n / literalsEach * (literalsEach + 1)
	if n %= literalsEach; n > 0 {
		z.length += n + 1
	}
}

func (z *meter) match(n int) {
	n--
	z.length += 3 * (n / longest)
	if n%longest >= short {
		z.length++
	}
	z.length += 2
}
