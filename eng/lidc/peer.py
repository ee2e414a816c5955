"""Trains the Probabilistic U-Net as most users of PyTorch would, for some minutes, and saves its weights for `probunet import`.

The network is the one of pytorch_peer.py, which --peer names: widths 32, 64, 128, 192, float32, channels first. The recipe: Adam along half a
cosine of the time, batches of 8 images with one grader each, flips, orthogonal start, cross-entropy summed over pixels and averaged over the
batch, beta 1; --clip and --warmup add what makes it learn. Needs torch, numpy and pillow; the images are read from DATA/train.tar.gz.

    python3 peer.py --peer DIR --data DIR --minutes 15 --out peer.pt
"""
import argparse, importlib.util, io, json, os, tarfile, time

import numpy
import torch
from PIL import Image
from torch.nn import functional


def read(archive):
    """The images [N, H, W] and their masks [N, graders, H, W], as bytes."""
    files = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile():
                files[member.name.lstrip("./")] = numpy.asarray(Image.open(io.BytesIO(tar.extractfile(member).read())))
    names = sorted(name for name in files if name.startswith("images/"))
    stems = [name[len("images/"):-len(".png")] for name in names]
    return numpy.stack([files[name] for name in names]), numpy.stack([numpy.stack([files[f"gt/{stem}_l{k}.png"] > 0 for k in range(4)]) for stem in stems])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--peer", required=True, help="the folder of pytorch_peer.py")
    arguments.add_argument("--data", required=True, help="the folder of train.tar.gz")
    arguments.add_argument("--minutes", type=float, required=True)
    arguments.add_argument("--learning-rate", type=float, default=1e-4, help="the paper's; from 2e-4 on the network may say NaN within the first hundred steps, above all where the gradient is not clipped")
    arguments.add_argument("--clip", type=float, help="the largest 2-norm of the gradient; not clipped if left out, as in the paper")
    arguments.add_argument("--warmup", type=int, default=0, help="steps over which the learning rate rises to what the cosine says")
    arguments.add_argument("--batch", type=int, default=8)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--snapshots", type=int, default=1, help="how often weights are saved, evenly over the minutes; all but the last beside OUT, with their number")
    arguments.add_argument("--out", required=True)
    o = arguments.parse_args()
    torch.set_num_threads(o.threads)
    torch.manual_seed(o.seed)
    random = numpy.random.default_rng(o.seed)
    spec = importlib.util.spec_from_file_location("pytorch_peer", os.path.join(o.peer, "pytorch_peer.py"))
    peer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(peer)
    net = peer.ProbabilisticUNet()
    for module in net.modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.orthogonal_(module.weight)
            torch.nn.init.zeros_(module.bias)
    images, masks = read(os.path.join(o.data, "train.tar.gz"))
    adam = torch.optim.Adam(net.parameters(), o.learning_rate, weight_decay=1e-5)

    def step(rate):
        chosen = random.integers(len(images), size=o.batch)
        x = torch.from_numpy(images[chosen]).float().div(255)[:, None]
        y = torch.from_numpy(masks[chosen, random.integers(4, size=o.batch)]).float()[:, None]
        for i in range(o.batch):
            dims = [d for d in (1, 2) if random.random() < 0.5]
            x[i], y[i] = x[i].flip(dims), y[i].flip(dims)
        q, p, f = net.posterior(torch.cat([x, y], 1)), net.prior(x), net.features(x)
        entropy = functional.binary_cross_entropy_with_logits(net.combine(f, q.rsample()), y, reduction="sum") / o.batch
        loss = entropy + peer.kl_divergence(q, p).mean()
        for group in adam.param_groups:
            group["lr"] = rate
        adam.zero_grad(set_to_none=True)
        loss.backward()
        if o.clip:
            torch.nn.utils.clip_grad_norm_(net.parameters(), o.clip)
        adam.step()
        return loss.item()

    begin, cpu, steps, saved, losses = time.monotonic(), time.process_time(), 0, 0, []
    while (gone := (time.monotonic() - begin) / 60 / o.minutes) < 1:
        losses.append(step(o.learning_rate * (0.01 + 0.99 * (1 + numpy.cos(numpy.pi * gone)) / 2) * min(1, (steps + 1) / max(1, o.warmup))))
        steps += 1
        if steps % 100 == 0:
            print(json.dumps(dict(step=steps, minutes=round((time.monotonic() - begin) / 60, 2), cpuMinutes=round((time.process_time() - cpu) / 60, 2), loss=round(float(numpy.mean(losses[-100:])), 1))), flush=True)
        if (time.monotonic() - begin) / 60 / o.minutes * o.snapshots >= saved + 1 and saved + 1 < o.snapshots:
            saved += 1
            torch.save(net.state_dict(), f"{o.out}.{saved}")
    torch.save(net.state_dict(), o.out)
    print(json.dumps(dict(steps=steps, cpuMinutes=round((time.process_time() - cpu) / 60, 2), torch=torch.__version__)), flush=True)


if __name__ == "__main__":
    main()
