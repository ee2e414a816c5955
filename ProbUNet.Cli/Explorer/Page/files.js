// Masks as files: grey PNGs of 8 bits, pixel for pixel, and several of them in one ZIP that is not compressed again.

const checks = Uint32Array.from({ length: 256 }, (_, value) => {
    for (let bit = 0; bit < 8; bit++)
        value = value & 1 ? 0xEDB88320 ^ (value >>> 1) : value >>> 1;
    return value;
});

const checkOf = bytes => (bytes.reduce((check, value) => checks[(check ^ value) & 255] ^ (check >>> 8), 0xFFFFFFFF) ^ 0xFFFFFFFF) >>> 0;

function joined(parts) {
    const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
        whole.set(part, at);
        at += part.length;
    }
    return whole;
}

const text = words => new TextEncoder().encode(words);

function numbers(isLittle, ...pairs) {
    const view = new DataView(new ArrayBuffer(pairs.reduce((length, [size]) => length + size, 0)));
    let at = 0;
    for (const [size, value] of pairs) {
        if (size === 4) view.setUint32(at, value, isLittle);
        else if (size === 2) view.setUint16(at, value, isLittle);
        else view.setUint8(at, value);
        at += size;
    }
    return new Uint8Array(view.buffer);
}

function chunk(name, content) {
    const body = joined([text(name), content]);
    return joined([numbers(false, [4, content.length]), body, numbers(false, [4, checkOf(body)])]);
}

async function deflated(bytes) {
    const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Levels [height, width] as a PNG. */
export async function pngOf(levels, width, height) {
    const rows = new Uint8Array((width + 1) * height);   // each behind the number of its filter, 0
    for (let row = 0; row < height; row++)
        rows.set(levels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
    return joined([
        Uint8Array.of(0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A),
        chunk('IHDR', numbers(false, [4, width], [4, height], [1, 8], [1, 0], [1, 0], [1, 0], [1, 0])),
        chunk('IDAT', await deflated(rows)),
        chunk('IEND', new Uint8Array()),
    ]);
}

/** Files, [{ name, bytes }], as one. */
export function zipOf(files) {
    const [parts, directory] = [[], []];
    const firstDay = 0x21;   // of 1980: the time of a download is nobody's business
    let at = 0;
    for (const { name, bytes } of files) {
        const common = numbers(true, [2, 20], [2, 0], [2, 0], [2, 0], [2, firstDay], [4, checkOf(bytes)], [4, bytes.length], [4, bytes.length], [2, name.length], [2, 0]);
        const local = joined([numbers(true, [4, 0x04034B50]), common, text(name), bytes]);
        directory.push(joined([numbers(true, [4, 0x02014B50], [2, 20]), common, numbers(true, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]), text(name)]));
        parts.push(local);
        at += local.length;
    }
    const size = directory.reduce((sum, part) => sum + part.length, 0);
    return joined([...parts, ...directory, numbers(true, [4, 0x06054B50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, size], [4, at], [2, 0])]);
}

/** Hands a file to the browser. */
export function download(name, bytes, type) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([bytes], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
