// Segmentations on canvases. Of one class a pixel is a probability in 255ths, in the mask from 128 on; of several it is the number of its class.

const magma = ['#000004', '#20114b', '#57157e', '#8c2981', '#c43c75', '#f1605d', '#fe9f6d', '#fddea0', '#fcfdbf'].map(rgbOf);   // by S. van der Walt and N. Smith, CC0
export const ignored = 255;
export const colors = { mask: '#e69f00', graders: ['#56b4e9', '#cc79a7', '#2fc79b', '#f0e442', '#d55e00', '#0072b2'] };   // Okabe and Ito 2008

function rgbOf(color) {
    return [1, 3, 5].map(at => parseInt(color.slice(at, at + 2), 16));
}

export const isInside = level => level >= 128;

/** What each pixel is drawn as: 0 or 1 of one class, else its class. */
export const labelsOf = (pixels, classes) => classes.length === 0 ? pixels.map(level => isInside(level) ? 1 : 0) : pixels;

/** The mean over samples: of one class of the probabilities, of several the class that most samples have. */
export function meanOf(samples, classes) {
    const mean = new Uint8Array(samples[0].length);
    if (classes.length === 0) {
        for (let i = 0; i < mean.length; i++)
            mean[i] = Math.round(samples.reduce((sum, sample) => sum + sample[i], 0) / samples.length);
        return mean;
    }
    for (let i = 0; i < mean.length; i++) {
        const votes = votesAt(samples, classes, i);
        mean[i] = votes.indexOf(Math.max(...votes));
    }
    return mean;
}

function votesAt(samples, classes, pixel) {
    const votes = new Array(classes.length).fill(0);
    for (const sample of samples)
        votes[sample[pixel]]++;
    return votes;
}

/** The entropy of each pixel as a share of its largest, in 255ths: of one class of the mean probability, of several of the samples' votes. */
export function entropyOf(samples, classes) {
    const surprise = p => p > 0 ? -p * Math.log(p) : 0;
    if (classes.length === 0)
        return meanOf(samples, classes).map(level => Math.round(255 * (surprise(level / 255) + surprise(1 - level / 255)) / Math.LN2));
    return samples[0].map((_, i) => Math.round(255 * votesAt(samples, classes, i).reduce((sum, votes) => sum + surprise(votes / samples.length), 0) / Math.log(classes.length)));
}

/** The share of pixels in a mask. */
export const areaOf = pixels => pixels.reduce((sum, level) => sum + (isInside(level) ? 1 : 0), 0) / pixels.length;

/** How alike two segmentations are, in [0, 1]: of one class the intersection over the union, of several the share of pixels that agree. */
export function likenessOf(a, b, classes) {
    let [common, all] = [0, 0];
    for (let i = 0; i < a.length; i++) {
        const [x, y] = classes.length === 0 ? [isInside(a[i]), isInside(b[i])] : [a[i] === b[i], true];
        common += x && y ? 1 : 0;
        all += x || y ? 1 : 0;
    }
    return all === 0 ? 1 : common / all;
}

const tintOf = {
    mask: (pixels, put) => pixels.forEach((level, i) => isInside(level) && put(i, rgbOf(colors.mask), 255)),
    mean: (pixels, put) => pixels.forEach((level, i) => put(i, rgbOf(colors.mask), level)),
    // Dark where nothing is uncertain would hide the image: the little that there is fades in.
    entropy: (pixels, put) => pixels.forEach((level, i) => {
        const place = level / 255 * (magma.length - 1);
        const [below, share] = [Math.min(Math.floor(place), magma.length - 2), place - Math.min(Math.floor(place), magma.length - 2)];
        put(i, magma[below].map((value, channel) => value + share * (magma[below + 1][channel] - value)), Math.min(255, 4 * level));
    }),
};

/** A layer of color over an image: 'mask', 'mean', 'entropy'. */
export const tint = (kind, pixels, classes, opacity) => ({
    opacity,
    paint(data) {
        const put = (i, [red, green, blue], alpha) => data.set([red, green, blue, alpha], 4 * i);
        if (classes.length > 0 && kind !== 'entropy')
            pixels.forEach((label, i) => label !== ignored && put(i, rgbOf(classes[label].color), 255));
        else
            tintOf[kind](pixels, put);
    },
});

/** The borders of what a segmentation shows, as a layer. */
export const outline = (pixels, classes, color, opacity, name = '') => ({ opacity, lines: labelsOf(pixels, classes), color, name: classes.length === 0 ? name : '' });

/** Draws an image and layers over it; the canvas has a whole number of pixels for each of theirs. */
export function compose(canvas, form, image, imageOpacity, layers) {
    const scale = Math.max(1, Math.round(512 / Math.max(form.width, form.height)));
    [canvas.width, canvas.height] = [form.width * scale, form.height * scale];
    const context = canvas.getContext('2d');
    context.fillStyle = '#000';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingEnabled = false;
    context.globalAlpha = imageOpacity;
    if (image)
        context.drawImage(image, 0, 0, canvas.width, canvas.height);
    for (const layer of layers) {
        context.globalAlpha = layer.opacity;
        if (layer.paint)
            context.drawImage(small(form, layer.paint), 0, 0, canvas.width, canvas.height);
        else
            drawBorders(context, form, scale, layer);
    }
    context.globalAlpha = 1;
}

function small(form, paint) {
    const canvas = new OffscreenCanvas(form.width, form.height);
    const context = canvas.getContext('2d');
    const pixels = context.createImageData(form.width, form.height);
    paint(pixels.data);
    context.putImageData(pixels, 0, 0);
    return canvas;
}

function drawBorders(context, { width, height }, scale, { lines, color, name }) {
    context.beginPath();
    for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
            const here = lines[y * width + x];
            if (x > 0 && lines[y * width + x - 1] !== here) {
                context.moveTo(x * scale, y * scale);
                context.lineTo(x * scale, (y + 1) * scale);
            }
            if (y > 0 && lines[(y - 1) * width + x] !== here) {
                context.moveTo(x * scale, y * scale);
                context.lineTo((x + 1) * scale, y * scale);
            }
        }
    for (const [stroke, wide] of [['rgba(0, 0, 0, 0.55)', 5], [color, 2.5]]) {
        context.strokeStyle = stroke;
        context.lineWidth = wide;
        context.stroke();
    }
    const top = lines.indexOf(1);
    if (!name || top < 0)
        return;
    context.font = `bold ${Math.round(4 * 512 / 100)}px system-ui, sans-serif`;
    [context.textAlign, context.textBaseline] = ['center', 'bottom'];
    const place = [(top % width + 0.5) * scale, Math.max(24, Math.floor(top / width) * scale - 3)];
    context.lineWidth = 4;
    context.strokeStyle = 'rgba(0, 0, 0, 0.7)';
    context.strokeText(name, ...place);
    context.fillStyle = color;
    context.fillText(name, ...place);
}

/** A small picture of a segmentation alone. */
export function thumbnail(canvas, form, pixels, classes) {
    [canvas.width, canvas.height] = [form.width, form.height];
    const context = canvas.getContext('2d');
    context.drawImage(small(form, data => pixels.forEach((value, i) => data.set([...colorOf(value, classes), 255], 4 * i))), 0, 0);
}

const colorOf = (value, classes) => classes.length === 0 ? [24, 29, 36].map(dark => dark + value / 255 * (240 - dark)) : value === ignored ? [0, 0, 0] : rgbOf(classes[value].color);

/** Many small segmentations in a square, a seam between them; of one class that part of the image alone in which there are masks. */
export function mosaic(canvas, { side, height, width, pixels }, classes) {
    const part = classes.length === 0 ? partWithMasks(pixels, side, height, width) : { top: 0, left: 0, rows: height, columns: width };
    [canvas.width, canvas.height] = [side * (part.columns + 1), side * (part.rows + 1)];
    const context = canvas.getContext('2d');
    const image = context.createImageData(canvas.width, canvas.height);
    for (let place = 0; place < side * side; place++)
        for (let y = 0; y < part.rows; y++)
            for (let x = 0; x < part.columns; x++) {
                const color = colorOf(pixels[(place * height + part.top + y) * width + part.left + x], classes);
                image.data.set([...color, 255], 4 * ((Math.floor(place / side) * (part.rows + 1) + y) * canvas.width + place % side * (part.columns + 1) + x));
            }
    context.putImageData(image, 0, 0);
}

/** The smallest part of the image's form that has all masks of the middle in it, where the prior is, with some room; all of it where there is no mask. */
function partWithMasks(pixels, side, height, width) {
    const isFar = at => Math.abs(at - (side - 1) / 2) > 0.32 * (side - 1);
    let [top, bottom, left, right] = [height, -1, width, -1];
    pixels.forEach((level, i) => {
        const place = Math.floor(i / (height * width));
        if (!isInside(level) || isFar(place % side) || isFar(Math.floor(place / side)))
            return;
        const [y, x] = [Math.floor(i / width) % height, i % width];
        [top, bottom, left, right] = [Math.min(top, y), Math.max(bottom, y), Math.min(left, x), Math.max(right, x)];
    });
    if (bottom < 0)
        return { top: 0, left: 0, rows: height, columns: width };
    const share = Math.min(1, 1.15 * Math.max((bottom - top + 1) / height, (right - left + 1) / width));
    const [rows, columns] = [height, width].map(size => Math.min(size, Math.ceil(share * size) + 2));
    const start = (first, last, room, size) => Math.max(0, Math.min(size - room, Math.round((first + last + 1 - room) / 2)));
    return { top: start(top, bottom, rows, height), left: start(left, right, columns, width), rows, columns };
}
