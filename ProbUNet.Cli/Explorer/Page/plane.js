// The plane of two latent dimensions of one image, in standard deviations of its prior: contours, where graders lie, samples, and a point to be dragged.
import { colors } from './paint.js';

const namespace = 'http://www.w3.org/2000/svg';
const extent = 4;
const reach = 4.4;   // half the side that is drawn: the outermost contour and the segmentations behind it are whole
const step = 0.1;
const leap = 0.5;

function element(name, attributes, ...children) {
    const made = document.createElementNS(namespace, name);
    for (const [key, value] of Object.entries(attributes))
        made.setAttribute(key, value);
    made.append(...children);
    return made;
}

export const number = (value, digits = 1) => value.toFixed(digits).replace(/^-(0\.?0*)$/, '$1').replace('-', '−');

export class LatentPlane {
    #svg;
    #handle;
    #graders = element('g', { class: 'graders' });
    #names = element('g', { class: 'names' });
    #samples = element('g', { class: 'samples' });
    #isLine;
    #place = [0, 0];
    #moved;

    /** Draws into an SVG; `moved` is told of each place that somebody wants. */
    constructor(svg, isLine, moved) {
        [this.#svg, this.#isLine, this.#moved] = [svg, isLine, moved];
        const up = isLine ? reach / 4 : reach;
        svg.setAttribute('viewBox', `${-reach} ${-up} ${2 * reach} ${2 * up}`);
        const contours = element('g', { class: 'contours', 'aria-hidden': 'true' });
        for (let sigma = 1; sigma <= extent; sigma++) {
            const contour = look => isLine ? element('path', { d: `M${-sigma} ${-up}v${2 * up}M${sigma} ${-up}v${2 * up}`, class: look }) : element('circle', { r: sigma, class: look });
            const place = isLine ? { x: sigma, y: 0.3 - up } : { x: sigma * Math.SQRT1_2, y: -sigma * Math.SQRT1_2 };
            contours.append(contour('halo'), contour('contour'), element('text', { ...place, class: 'sigma' }, `${sigma}σ`));
        }
        const cross = element('path', { d: `M${-extent} 0H${extent}M0 ${-extent}V${extent}`, class: 'cross' });
        this.#handle = element('g', { class: 'handle', tabindex: '0', role: 'slider', 'aria-roledescription': 'point in a plane', 'aria-label': 'Point in the latent plane', 'aria-valuemin': -extent, 'aria-valuemax': extent, 'aria-describedby': 'how-to-move' },
            element('circle', { r: 0.75, class: 'grip' }), element('circle', { r: 0.24, class: 'dot' }), element('circle', { r: 0.07, class: 'core' }));
        svg.replaceChildren(cross, contours, this.#samples, this.#graders, this.#handle, this.#names);
        svg.addEventListener('pointerdown', event => this.#grab(event));
        this.#handle.addEventListener('keydown', event => this.#press(event));
    }

    /** Moves the point. */
    show(place, words) {
        this.#place = place;
        this.#handle.setAttribute('transform', `translate(${place[0]} ${-place[1]})`);
        this.#handle.setAttribute('aria-valuenow', place[0].toFixed(2));
        this.#handle.setAttribute('aria-valuetext', words);
    }

    /** Ellipses of one standard deviation: [{ x, y, rx, ry, name }]. */
    showGraders(gaussians) {
        const drawn = gaussians.map(({ x, y, rx, ry, name }, i) => {
            const color = colors.graders[i % colors.graders.length];
            const [px, py] = [x, y].map(value => Math.max(-extent - 0.2, Math.min(extent + 0.2, value)));
            const ellipse = element('ellipse', { cx: x, cy: -y, rx: Math.max(rx, 0.03), ry: Math.max(ry, 0.03), stroke: color });
            ellipse.append(element('title', {}, `${name}: ${number(x)}σ, ${number(y)}σ`));
            // Around its mean, each in another direction: where several means are one, the names can still be read.
            const angle = Math.PI * (0.25 + 2 * i / gaussians.length);
            const [aside, above] = [rx, ry].map(sigma => Math.min(1.2, sigma) + 0.28);
            const label = element('text', { x: px + aside * Math.cos(angle), y: -py - above * Math.sin(angle), class: 'label' }, `${i + 1}`);
            label.style.fill = color;
            return { ellipse, centre: element('circle', { cx: px, cy: -py, r: 0.09, fill: color, class: 'centre' }), label };
        });
        this.#graders.replaceChildren(...drawn.flatMap(({ ellipse, centre }) => [ellipse, centre]));
        this.#names.replaceChildren(...drawn.map(({ label }) => label));   // above the point, which may be where a grader is
    }

    /** Small dots: [[x, y]]. */
    showSamples(places) {
        this.#samples.replaceChildren(...places.map(([x, y]) => element('circle', { cx: x, cy: -y, r: 0.07 })));
    }

    #placeOf(event) {
        const box = this.#svg.getBoundingClientRect();
        const along = (at, from, size) => Math.max(-extent, Math.min(extent, (2 * (at - from) / size - 1) * reach));
        return [along(event.clientX, box.left, box.width), this.#isLine ? 0 : -along(event.clientY, box.top, box.height)];
    }

    #grab(event) {
        if (event.button !== 0)
            return;
        event.preventDefault();
        this.#handle.focus({ preventScroll: true });
        this.#svg.setPointerCapture(event.pointerId);
        this.#moved(this.#placeOf(event));
        const drag = moved => this.#moved(this.#placeOf(moved));
        const drop = () => {
            this.#svg.removeEventListener('pointermove', drag);
            this.#svg.removeEventListener('pointerup', drop);
            this.#svg.removeEventListener('pointercancel', drop);
        };
        this.#svg.addEventListener('pointermove', drag);
        this.#svg.addEventListener('pointerup', drop);
        this.#svg.addEventListener('pointercancel', drop);
    }

    #press(event) {
        const by = event.shiftKey || event.key.startsWith('Page') ? leap : step;
        const [x, y] = this.#place;
        const wanted = {
            ArrowLeft: [x - by, y], ArrowRight: [x + by, y], ArrowUp: [x, y + by], ArrowDown: [x, y - by],
            PageUp: [x, y + by], PageDown: [x, y - by], Home: [0, 0],
        }[event.key];
        if (!wanted)
            return;
        event.preventDefault();
        this.#moved([wanted[0], this.#isLine ? 0 : wanted[1]].map(value => Math.max(-extent, Math.min(extent, value))));
    }
}
