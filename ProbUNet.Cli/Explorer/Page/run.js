// One network: its latent plane, what it draws at a point, its samples.
import { Newest, bytesOf, getJson, postForBytes, postJson } from './api.js';
import { download, pngOf, zipOf } from './files.js';
import { areaOf, colors, compose, entropyOf, isInside, likenessOf, meanOf, mosaic, outline, thumbnail, tint } from './paint.js';
import { LatentPlane, number } from './plane.js';

const atOnce = 16;
const mostKept = 256;
const atlasSide = 13;
const layerNames = [['image', 'Image', 1], ['mask', 'Mask', 0.45], ['mean', 'Sample mean', 0.6], ['entropy', 'Sample entropy', 0.7], ['graders', 'Graders', 1]];
const wordsOfClasses = { mask: 'Segmentation', mean: 'Most voted', entropy: 'Vote entropy' };
const percent = share => share === 0 ? 'empty' : `${(100 * share).toFixed(1)} % of the image`;

const classesOf = segmentations => new Set(segmentations.flatMap(pixels => [...new Set(pixels)]));

export class RunView {
    #number;
    #run;
    #form;
    #classes;
    #root;
    #say;
    #fail;
    #plane = null;
    #axes = [0, 1];
    #image = null;
    #picture = null;
    #space = null;
    #graders = [];
    #u = [];
    #mask = null;
    #behind = new Set();   // the classes of the plane
    #around = new Set();   // those of samples and graders
    #from = '';   // where the mask is from, in words
    #samples = [];
    #seed = 1;
    #layers = Object.fromEntries(layerNames.map(([key, , opacity]) => [key, { isShown: key === 'image' || key === 'mask', opacity }]));
    #decodes = new Newest(question => this.#decode(question));
    #atlases = new Newest(question => this.#drawAtlas(question));
    #saying = 0;
    #mapping = 0;

    /** Adds the view of a run to the page. `say` tells a screen reader, `fail` shows a refusal. */
    constructor(place, number, run, form, classes, say, fail) {
        [this.#number, this.#run, this.#form, this.#classes, this.#say, this.#fail] = [number, run, form, classes, say, fail];
        this.#root = document.getElementById('run').content.cloneNode(true).firstElementChild;
        place.append(this.#root);
        const heading = this.#find('h2');
        heading.id = `run-${number}`;
        heading.textContent = run.name;
        this.#root.setAttribute('aria-labelledby', heading.id);
        this.#find('.about').textContent = `${run.family}${run.step > 0 ? `, after step ${run.step}` : ''}${run.dimension ? `, ${run.dimension} latent dimension${run.dimension === 1 ? '' : 's'}` : ''}${run.priorIsStandard ? ', prior N(0, I)' : ''}`;
        this.#makeLayers();
        this.#find('.sort').append(...[['drawn', 'as drawn'], ...(classes.length === 0 ? [['area', 'by area']] : []), ['likeness', 'by similarity to the mask']].map(([value, words]) => new Option(words, value)));
        this.#on('.sort', 'change', () => this.#showSamples());
        this.#on('.draw', 'click', () => this.#drawMore());
        this.#on('.save-all', 'click', () => this.#saveAll());
        this.#on('.save-mask', 'click', () => this.#saveMask());
        this.#on('.which-grader', 'change', () => this.#paint());
        if (run.dimension)
            this.#makeLatent();
        else
            this.#explainNoLatent();
    }

    /** Shows another image: { id, graders, graderWord }, and its picture. */
    async open(image, picture) {
        [this.#image, this.#picture, this.#samples, this.#seed, this.#mask, this.#space] = [image, picture, [], 1, null, null];
        this.#graders = image.graders.map(grader => bytesOf(grader.pixels));
        [this.#behind, this.#around] = [new Set(), classesOf(this.#graders)];
        this.#root.classList.toggle('is-graded', this.#graders.length > 0);
        const word = image.graderWord;
        if (this.#plane)
            this.#find('.graders-word').textContent = `posterior of each ${word}, 1 σ`;
        const choices = this.#graders.map((_, i) => new Option(`${word} ${i + 1}${image.graders[i].area === 0 ? ' (empty)' : ''}`, i));
        this.#find('.which-grader').replaceChildren(...(this.#classes.length === 0 ? [new Option('all', 'all')] : []), ...choices);
        this.#showSamples();
        this.#paint();
        if (this.#run.dimension)
            await this.#openLatent(image);
        await this.#drawMore();
    }

    #find(selector) {
        return this.#root.querySelector(selector);
    }

    #on(selector, event, act) {
        this.#find(selector).addEventListener(event, () => Promise.resolve(act()).catch(this.#fail));
    }

    get #path() {
        return `/api/runs/${this.#number}/images/${this.#image.id}`;
    }

    // The latent

    #makeLatent() {
        this.#plane = new LatentPlane(this.#find('.svg'), this.#run.dimension === 1, ([x, y]) => this.#moveInPlane(x, y));
        for (const selector of ['.axis-x', '.axis-y'])
            this.#find(selector).addEventListener('change', event => this.#chooseAxis(selector === '.axis-x' ? 0 : 1, Number(event.target.value)));
        this.#on('.reset', 'click', () => this.#move(this.#u.map(() => 0)));
        this.#on('.show-atlas', 'change', () => this.#find('.atlas').classList.toggle('off', !this.#find('.show-atlas').checked));
        this.#root.classList.toggle('is-line', this.#run.dimension === 1);
        if (this.#classes.length > 0)
            this.#find('.atlas-word').textContent = 'Segmentations';
        if (this.#run.dimension === 1)
            this.#find('.latent h3').textContent = 'Latent line';
        this.#find('.sliders').append(...Array.from({ length: this.#run.dimension }, (_, d) => this.#slider(d)));
    }

    #slider(d) {
        const label = document.createElement('label');
        label.innerHTML = `<span class="name">z<sub>${d + 1}</sub></span><input type="range" min="-4" max="4" step="0.1" value="0"><output></output>`;
        const input = label.querySelector('input');
        input.setAttribute('aria-label', `Latent dimension ${d + 1}, in standard deviations`);
        input.addEventListener('input', () => this.#move(this.#u.map((value, i) => i === d ? Number(input.value) : value)));
        return label;
    }

    async #openLatent(image) {
        const dimension = this.#run.dimension;
        const space = await getJson(`${this.#path}/latent`);
        if (image !== this.#image)
            return;
        this.#space = space;
        // The plane goes first along the two dimensions that change most of what is drawn.
        const order = Array.from({ length: dimension }, (_, d) => d).sort((a, b) => space.sensitivity[b] - space.sensitivity[a]);
        this.#axes = dimension === 1 ? [0, 0] : [order[0], order[1]];
        const most = Math.max(...space.sensitivity);
        for (const [at, selector] of ['.axis-x', '.axis-y'].entries()) {
            this.#find(selector).replaceChildren(...order.map(d => new Option(`z${d + 1}${most > 0 ? ` · ${Math.round(100 * space.sensitivity[d] / most)} %` : ''}`, d)));
            this.#find(selector).value = this.#axes[at];
        }
        this.#u = new Array(dimension).fill(0);
        this.#showAxes();
        this.#move(this.#u);
    }

    #chooseAxis(which, d) {
        const other = this.#axes[1 - which];
        if (other === d)
            this.#axes[1 - which] = this.#axes[which];
        this.#axes[which] = d;
        this.#find('.axis-x').value = this.#axes[0];
        this.#find('.axis-y').value = this.#axes[1];
        this.#showAxes();
        this.#move(this.#u);
    }

    #showAxes() {
        const [x, y] = this.#axes;
        const name = d => `z${d + 1}, in σ of the prior`;
        this.#find('.x-axis').textContent = name(x);
        this.#find('.y-axis span').textContent = this.#run.dimension === 1 ? '' : name(y);
        const isFlat = this.#run.dimension === 1;
        this.#plane.showGraders(this.#space.graders.map(({ mean, sigma }, i) => ({
            x: mean[x], y: isFlat ? 0 : mean[y], rx: sigma[x], ry: isFlat ? 0.1 : sigma[y], name: `${this.#image.graderWord} ${i + 1}`,
        })));
        this.#showDots();
        this.#askAtlas();
    }

    #showDots() {
        const [x, y] = this.#axes;
        this.#plane?.showSamples(this.#samples.filter(sample => sample.u).map(({ u }) => [u[x], this.#run.dimension === 1 ? 0 : u[y]]));
    }

    #moveInPlane(x, y) {
        if (this.#space)
            this.#move(this.#u.map((value, d) => d === this.#axes[0] ? x : d === this.#axes[1] ? y : value));
    }

    #move(u) {
        if (!this.#space)
            return;
        const isElsewhere = u.some((value, d) => value !== this.#u[d] && !this.#axes.includes(d));
        this.#u = u;
        this.#showPoint();
        if (isElsewhere)
            this.#askAtlas();
        this.#decodes.ask({ image: this.#image, path: this.#path, u }).catch(this.#fail);
    }

    #showPoint() {
        const [x, y] = this.#axes;
        const isFlat = this.#run.dimension === 1;
        const words = `z${x + 1} ${number(this.#u[x])} σ${isFlat ? '' : `, z${y + 1} ${number(this.#u[y])} σ`}${this.#mask && this.#classes.length === 0 ? `; mask ${percent(areaOf(this.#mask))}` : ''}`;
        this.#plane.show([this.#u[x], isFlat ? 0 : this.#u[y]], words);
        for (const [d, label] of [...this.#find('.sliders').children].entries()) {
            label.querySelector('input').value = this.#u[d];
            label.querySelector('output').textContent = `${number(this.#u[d])} σ`;
            label.classList.toggle('in-plane', this.#axes.includes(d));
        }
    }

    async #decode({ image, path, u }) {
        const { bytes, milliseconds } = await postForBytes(`${path}/decode`, { u });
        if (image !== this.#image)
            return;
        this.#find('.timing').textContent = milliseconds === null ? '' : `decoded in ${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
        this.#showMask(bytes, 'at the point');
    }

    #askAtlas() {
        clearTimeout(this.#mapping);
        this.#mapping = setTimeout(() => this.#atlases.ask({ image: this.#image, path: this.#path, u: this.#u, axes: [...this.#axes] }).catch(this.#fail), 250);
    }

    async #drawAtlas({ image, path, u, axes: [x, y] }) {
        if (this.#run.dimension === 1)
            return;
        const atlas = await postJson(`${path}/map`, { u, x, y, side: atlasSide });
        if (image !== this.#image)
            return;
        const pixels = bytesOf(atlas.pixels);
        mosaic(this.#find('.atlas'), { ...atlas, pixels }, this.#classes);
        this.#behind = classesOf([pixels]);
        this.#showClasses();
    }

    #explainNoLatent() {
        const { family, distinctAnswers } = this.#run;
        this.#find('.latent').remove();
        this.#find('.knobs').remove();
        this.#root.classList.add('without-latent');
        const note = this.#find('.no-latent');
        note.hidden = false;
        note.textContent = `This family (${family}) has no latent space to walk through: here are its samples and what follows from them.${distinctAnswers ? ` It has ${distinctAnswers} different answer${distinctAnswers === 1 ? '' : 's'} to an image.` : ''}`;
    }

    // The segmentation

    #makeLayers() {
        const place = this.#find('.layers');
        for (const [key, words] of layerNames) {
            const layer = this.#layers[key];
            const row = document.createElement('div');
            row.className = `layer ${key}`;
            row.innerHTML = '<label class="check"><input type="checkbox"><span class="chip"></span><span class="words"></span></label><input type="range" min="0" max="1" step="0.05">';
            const [box, range] = row.querySelectorAll('input');
            row.querySelector('.words').textContent = this.#classes.length > 0 ? wordsOfClasses[key] ?? words : words;
            [box.checked, range.value] = [layer.isShown, layer.opacity];
            range.setAttribute('aria-label', `Opacity of ${row.querySelector('.words').textContent}`);
            box.addEventListener('change', () => { layer.isShown = box.checked; this.#paint(); });
            range.addEventListener('input', () => { layer.opacity = Number(range.value); this.#paint(); });
            place.append(row);
        }
    }

    #showMask(pixels, from) {
        [this.#mask, this.#from] = [pixels, from];
        this.#paint();
        if (this.#plane && this.#space)
            this.#showPoint();
        if (this.#find('.sort').value === 'likeness')
            this.#showSamples();
        clearTimeout(this.#saying);
        this.#saying = setTimeout(() => this.#say(`${this.#run.name}: ${this.#reading()}`), 500);
    }

    #reading() {
        if (!this.#mask)
            return '';
        return this.#classes.length === 0 ? `Mask ${this.#from}: ${percent(areaOf(this.#mask))}` : `Segmentation ${this.#from}: ${new Set(this.#mask).size} classes`;
    }

    #paint() {
        if (!this.#image)
            return;
        const classes = this.#classes;
        const layers = [];
        const shown = key => this.#layers[key].isShown && this.#layers[key].opacity > 0;
        const opacity = key => this.#layers[key].opacity;
        const drawn = this.#samples.map(sample => sample.pixels);
        if (drawn.length > 0 && shown('mean'))
            layers.push(tint('mean', meanOf(drawn, classes), classes, opacity('mean')));
        if (drawn.length > 0 && shown('entropy'))
            layers.push(tint('entropy', entropyOf(drawn, classes), classes, opacity('entropy')));
        if (this.#mask && shown('mask')) {
            layers.push(tint('mask', this.#mask, classes, opacity('mask')));
            if (classes.length === 0)
                layers.push(outline(this.#mask, classes, colors.mask, Math.min(1, 2 * opacity('mask'))));
        }
        if (shown('graders')) {
            const which = this.#find('.which-grader').value;
            this.#graders.forEach((grader, i) => {
                if (which !== 'all' && Number(which) !== i)
                    return;
                if (classes.length > 0)
                    layers.push(tint('mask', grader, classes, opacity('graders')));
                layers.push(outline(grader, classes, classes.length > 0 ? '#ffffff' : colors.graders[i % colors.graders.length], opacity('graders'), `${i + 1}`));
            });
        }
        compose(this.#find('.stage'), this.#form, this.#picture, this.#layers.image.isShown ? opacity('image') : 0, layers);
        this.#showClasses();
        this.#find('.area').textContent = this.#reading();
        this.#find('.stage').setAttribute('aria-label', this.#reading() || 'The image');
        this.#find('.save-mask').disabled = !this.#mask;
    }

    /** A key to the classes that are drawn: of the segmentation the largest first, with its share; then those of the plane behind, the samples and the graders alone. */
    #showClasses() {
        if (this.#classes.length === 0 || !this.#mask)
            return;
        const pixels = new Array(this.#classes.length).fill(0);
        this.#mask.forEach(label => pixels[label]++);
        const present = this.#classes.map((each, i) => ({ ...each, pixels: pixels[i], isDrawn: pixels[i] > 0 || this.#behind.has(i) || this.#around.has(i) })).filter(each => each.isDrawn).sort((a, b) => b.pixels - a.pixels);
        const key = this.#find('.class-key');
        key.hidden = false;
        key.replaceChildren(...present.map(({ name, color, pixels: count }) => {
            const item = document.createElement('li');
            const chip = document.createElement('span');
            chip.className = 'chip';
            chip.style.backgroundColor = color;
            item.append(chip, count > 0 ? `${name} ${(100 * count / this.#mask.length).toFixed(0)} %` : `${name}, elsewhere`);
            return item;
        }));
    }

    // Samples

    async #drawMore() {
        const image = this.#image;
        const button = this.#find('.draw');
        button.disabled = true;
        try {
            const most = this.#run.distinctAnswers ?? mostKept;
            const count = Math.min(atOnce, most - this.#samples.length);
            const seed = this.#seed++;
            const drawn = await postJson(`${this.#path}/samples`, { seed, count });
            if (image !== this.#image)
                return;
            this.#samples.push(...drawn.map((sample, i) => ({ ...sample, pixels: bytesOf(sample.pixels), place: this.#samples.length + i + 1, seed })));
            this.#around = new Set([...this.#around, ...classesOf(this.#samples.slice(-drawn.length).map(sample => sample.pixels))]);
            this.#showSamples();
            this.#showDots();
            if (!this.#run.dimension && !this.#mask)
                this.#showSample(this.#samples[0]);
            else
                this.#paint();
            this.#say(`${this.#samples.length} samples`);
        } finally {
            if (image === this.#image) {
                const left = (this.#run.distinctAnswers ?? mostKept) - this.#samples.length;
                button.disabled = left <= 0;
                button.textContent = this.#run.distinctAnswers && left <= 0 ? 'No other answers' : 'Draw 16 more';
            }
        }
    }

    #sorted() {
        const how = this.#find('.sort').value;
        const key = { drawn: sample => sample.place, area: sample => -sample.area, likeness: sample => this.#mask ? -likenessOf(sample.pixels, this.#mask, this.#classes) : 0 }[how];
        return this.#samples.map(sample => [key(sample), sample]).sort(([a, first], [b, second]) => a - b || first.place - second.place).map(([, sample]) => sample);
    }

    #showSamples() {
        this.#find('.count').textContent = this.#samples.length > 0 ? `${this.#samples.length} from the prior` : '';
        if (!this.#run.dimension && this.#samples.length > 0)
            this.#find('.count').textContent = `${this.#samples.length}`;
        this.#find('.save-all').disabled = this.#samples.length === 0;
        this.#find('.samples-list').replaceChildren(...this.#sorted().map(sample => {
            const item = document.createElement('li');
            const button = document.createElement('button');
            button.type = 'button';
            const words = sample.area === null ? '' : sample.area === 0 ? 'empty' : `${(100 * sample.area).toFixed(1)} %`;
            button.setAttribute('aria-label', `Sample ${sample.place}${words ? `, ${words}${sample.area > 0 ? ' of the image' : ''}` : ''}: show it`);
            sample.canvas ??= this.#thumbnailOf(sample);
            const caption = document.createElement('span');
            caption.textContent = words || `${sample.place}`;
            button.append(sample.canvas, caption);
            button.addEventListener('click', () => this.#showSample(sample));
            item.append(button);
            return item;
        }));
    }

    #thumbnailOf(sample) {
        const canvas = document.createElement('canvas');
        thumbnail(canvas, this.#form, sample.pixels, this.#classes);
        return canvas;
    }

    #showSample(sample) {
        if (sample.u && this.#space)
            this.#move([...sample.u]);
        else
            this.#showMask(sample.pixels, `of sample ${sample.place}`);
    }

    // Files

    #levels(pixels) {
        return this.#classes.length === 0 ? pixels.map(level => isInside(level) ? 255 : 0) : pixels;
    }

    async #saveMask() {
        download('mask.png', await pngOf(this.#levels(this.#mask), this.#form.width, this.#form.height), 'image/png');
    }

    async #saveAll() {
        const files = await Promise.all(this.#samples.map(async sample => ({ name: `sample-${String(sample.place).padStart(3, '0')}.png`, bytes: await pngOf(this.#levels(sample.pixels), this.#form.width, this.#form.height) })));
        download('samples.zip', zipOf(files), 'application/zip');
    }
}
