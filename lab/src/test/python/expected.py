"""Reads what our engines computed (test class Expected)."""
import json
from pathlib import Path

import numpy as np
import torch


class Expected:
    def __init__(self, folder):
        folder = Path(folder)
        about = json.loads((folder / "expected.json").read_text())
        self.name, self.spec = about["name"], about["spec"]
        self.tokens = torch.tensor(about["tokens"])
        values = np.fromfile(folder / "expected.f64", dtype="<f8")
        self.values, at = {}, 0
        for point, shape in about["shapes"].items():
            shape = [len(self.tokens), *shape]
            size = int(np.prod(shape))
            self.values[point] = torch.from_numpy(values[at : at + size].reshape(shape))
            at += size
        assert at == len(values)
        logits = self.values["logits"]
        self.logits32 = torch.from_numpy(np.fromfile(folder / "logits.f32", dtype="<f4").reshape(logits.shape))

    def differences(self, module):
        """Runs a double model whose modules hook_... pass activations on; each place's largest difference."""
        seen = {}

        def keep(name):
            return lambda module, inputs, output: seen.__setitem__(name, output.detach())

        handles = [m.register_forward_hook(keep(n)) for n, m in module.named_modules() if "hook_" in n]
        with torch.no_grad():
            seen["logits"] = module(self.tokens)
        for handle in handles:
            handle.remove()
        assert sorted(seen) == sorted(self.values), set(seen) ^ set(self.values)
        return {name: difference(seen[name], wanted) for name, wanted in self.values.items()}


class SingleIsDouble:
    """Inside, a library that computes norms, angles and softmax in float32 whatever the model's type is made to
    compute them in float64: what is left of a difference is then a difference of the model.
    """

    def __enter__(self):
        self.kept = torch.float32, torch.float, torch.Tensor.float
        torch.float32 = torch.float = torch.float64
        torch.Tensor.float = torch.Tensor.double

    def __exit__(self, *_):
        torch.float32, torch.float, torch.Tensor.float = self.kept


def difference(found, wanted):
    assert found.dtype == wanted.dtype, (found.dtype, wanted.dtype)
    if found.shape != wanted.shape:  # a norm's scale is kept with an axis of 1
        assert found.shape == (*wanted.shape, 1), (found.shape, wanted.shape)
        found = found[..., 0]
    same = found == wanted  # infinities
    return torch.where(same, torch.zeros_like(found), (found - wanted).abs()).max().item()
