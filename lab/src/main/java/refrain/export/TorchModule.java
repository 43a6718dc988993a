package refrain.export;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.model.Positions;
import refrain.model.Smear;

/**
 * The source of a PyTorch module that computes one model, with no branch that this model does not
 * take. Parameters have the names and shapes of our checkpoints, and every place of {@link
 * refrain.model.HookKind} is a module of that name that passes on what it gets, in TransformerLens'
 * shapes with a batch in front.
 */
final class TorchModule {
  private final ModelSpec spec;
  private final boolean normed;
  private final boolean grouped;
  private final boolean smears;

  /** Some layers, not all. */
  private final boolean someSmear;

  private final boolean windowed;

  /** Whether a layer has to know which it is. */
  private final boolean layered;

  private final boolean shortformer;

  private TorchModule(ModelSpec spec) {
    this.spec = spec;
    this.normed = spec.norm() != Norm.NONE;
    this.grouped = spec.group() > 1;
    List<Integer> layers = smearing();
    this.smears = !layers.isEmpty();
    this.someSmear = smears && layers.size() < spec.nLayers();
    this.windowed = spec.windows().stream().anyMatch(window -> window > 0);
    this.layered = someSmear || windowed;
    this.shortformer = spec.positions() instanceof Positions.Shortformer;
  }

  /**
   * The source.
   *
   * @param about what the model is, the first sentence of the module's documentation
   */
  static String source(ModelSpec spec, String about) {
    TorchModule module = new TorchModule(spec);
    return Stream.of(
            module.top(about) + module.constants(),
            module.hooks(),
            module.norm(),
            module.positions(),
            module.attention(),
            module.mlp(),
            module.block(),
            module.transformer(),
            module.load())
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining("\n\n"));
  }

  private static String when(boolean holds, String lines) {
    return holds ? lines : "";
  }

  private List<Integer> smearing() {
    return IntStream.range(0, spec.nLayers()).filter(spec.smear()::on).boxed().toList();
  }

  /** A number as Python writes it too. */
  private static String number(double value) {
    return Double.toString(value).toLowerCase(Locale.ROOT);
  }

  private String top(String about) {
    return """
    \"""\
    """
        + about.replace("\\", "\\\\").replace("\"", "\\\"")
        + """


        logits = load()(tokens): tokens [batch, T], logits [batch, T, D_VOCAB]. Each hook_... is a
        module, so register_forward_hook, or nnsight, reads and replaces what passes through it:
        load().blocks[1].attn.hook_pattern [batch, head, query, key], hook_z [batch, T, head, d_head].
        \"""
        from pathlib import Path

        import torch
        from safetensors.torch import load_file
        from torch import nn

        """;
  }

  private String constants() {
    String kv = grouped ? "KEY_HEADS = " + spec.nKvHeads() + "\n" : "";
    String mlp = spec.hasMlp() ? "D_MLP = " + spec.dMlp() + "\n" : "";
    String eps = normed ? "EPS = " + number(spec.normEps()) + "\n" : "";
    String rotary =
        spec.positions() instanceof Positions.Rotary(double base, int dims, List<Double> divisors)
            ? "ROTARY_BASE, ROTARY_DIMS = "
                + number(base)
                + ", "
                + spec.rotaryDims()
                + "\n"
                + when(
                    !divisors.isEmpty(),
                    "ROTARY_DIVISORS = torch.tensor(" + divisors + ", dtype=torch.float64)\n")
            : "";
    String windows =
        when(
            windowed,
            "WINDOWS = "
                + IntStream.range(0, spec.nLayers()).map(spec::window).boxed().toList()
                + "  # 0: all positions\n");
    String smeared = someSmear ? "SMEARED_LAYERS = " + smearing() + "\n" : "";
    return "LAYERS, HEADS, D_MODEL, D_HEAD, N_CTX, D_VOCAB = %s, %s, %s, %s, %s, %s\n"
            .formatted(
                spec.nLayers(),
                spec.nHeads(),
                spec.dModel(),
                spec.dHead(),
                spec.nCtx(),
                spec.dVocab())
        + kv
        + mlp
        + eps
        + rotary
        + windows
        + smeared;
  }

  private String hooks() {
    return """
    def add_hooks(module, *names):
        for name in names:
            module.add_module("hook_" + name, nn.Identity())
    """;
  }

  private String norm() {
    return switch (spec.norm()) {
      case NONE -> "";
      case LAYER -> normOf("Layer norm.", true);
      case RMS -> normOf("RMS norm.", false);
    };
  }

  private String normOf(String title, boolean layer) {
    return """
    class Norm(nn.Module):
        \"""%s\"""

        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.empty(D_MODEL))
    """
            .formatted(title)
        + when(layer, "        self.b = nn.Parameter(torch.empty(D_MODEL))\n")
        + """
                add_hooks(self, "scale", "normalized")

            def forward(self, x):
        """
        + when(layer, "        x = x - x.mean(-1, keepdim=True)\n")
        + """
                scale = self.hook_scale((x.square().mean(-1, keepdim=True) + EPS).sqrt())
                return self.hook_normalized(x / scale * self.w%s)
        """
            .formatted(layer ? " + self.b" : "");
  }

  private String positions() {
    return switch (spec.positions()) {
      case Positions.Shortformer s -> "";
      case Positions.Learned l -> "";
      case Positions.None n -> "";
      case Positions.Sinusoidal s ->
          """
          def sinusoids(length):
              \"""[length, d_model]: sines and cosines of the position, by turns.\"""
              t = torch.arange(length, dtype=torch.float64)[:, None]
              i = torch.arange(D_MODEL, dtype=torch.float64)
              angle = t / 10000 ** ((i - i % 2) / D_MODEL)
              return torch.where(i % 2 == 0, angle.sin(), angle.cos())
          """;
      case Positions.Rotary r ->
          """
          def rotate(x):
              \"""Rotary positions: feature i of a head turns with feature i + ROTARY_DIMS / 2.\"""
              t = torch.arange(x.shape[1], dtype=torch.float64)[:, None, None]
              i = torch.arange(0, ROTARY_DIMS, 2, dtype=torch.float64)
              angle = t * ROTARY_BASE ** (-i / ROTARY_DIMS)%s
              cos, sin = angle.cos().to(x), angle.sin().to(x)
              half = ROTARY_DIMS // 2
              a, b, rest = x.split([half, half, D_HEAD - ROTARY_DIMS], dim=-1)
              return torch.cat([a * cos - b * sin, a * sin + b * cos, rest], dim=-1)
          """
              .formatted(when(!r.divisors().isEmpty(), " / ROTARY_DIVISORS"));
      case Positions.Alibi a ->
          """
          def penalties(length):
              \"""ALiBi: what each head's scores [head, query, key] lose with the distance.\"""
              slope = 2 ** (-8 * torch.arange(1, HEADS + 1, dtype=torch.float64) / HEADS)
              t = torch.arange(length)
              return slope[:, None, None] * (t[:, None] - t)
          """;
    };
  }

  private String smear() {
    String earlier =
        switch (spec.smear().from()) {
          case NONE -> "";
          case PREVIOUS -> "torch.cat([k[:, :1], k[:, :-1]], dim=1)";
          case TWO_BACK -> "torch.cat([k[:, :2], k[:, :-2]], dim=1)";
          case START -> "k[:, :1]";
        };
    String indent = someSmear ? "            " : "        ";
    boolean someKeep = spec.smear().from() != Smear.From.START;
    return when(someSmear, "        if self.smeared:\n")
        + indent
        + "kept = self.alpha.sigmoid()[:, None]\n"
        + indent
        + "earlier = "
        + earlier
        + when(someKeep, "  # the first positions keep their key")
        + "\n"
        + indent
        + "k = kept * k + (1 - kept) * earlier\n";
  }

  private String attention() {
    String kv = grouped ? "KEY_HEADS" : "HEADS";
    boolean rotary = spec.positions() instanceof Positions.Rotary;
    boolean bias = spec.biases().onQkv();
    String alpha = "self.alpha = nn.Parameter(torch.empty(" + kv + "))\n";
    String qk = shortformer ? "qk" : "x";
    return """
    class Attention(nn.Module):
        def __init__(self%s):
            super().__init__()
            self.W_Q = nn.Parameter(torch.empty(HEADS, D_MODEL, D_HEAD))
            self.W_K = nn.Parameter(torch.empty(%s, D_MODEL, D_HEAD))
            self.W_V = nn.Parameter(torch.empty(%s, D_MODEL, D_HEAD))
            self.W_O = nn.Parameter(torch.empty(HEADS, D_HEAD, D_MODEL))
    """
            .formatted(layered ? ", layer" : "", kv, kv)
        + when(
            bias,
            """
                    self.b_Q = nn.Parameter(torch.empty(HEADS, D_HEAD))
                    self.b_K = nn.Parameter(torch.empty(%s, D_HEAD))
                    self.b_V = nn.Parameter(torch.empty(%s, D_HEAD))
            """
                .formatted(kv, kv))
        + when(
            spec.biases().onAttentionOutput(),
            "        self.b_O = nn.Parameter(torch.empty(D_MODEL))\n")
        + when(smears && !someSmear, "        " + alpha)
        + when(windowed, "        self.window = WINDOWS[layer]\n")
        + when(
            someSmear,
            "        self.smeared = layer in SMEARED_LAYERS\n        if self.smeared:\n            "
                + alpha)
        + """
                add_hooks(self, "q", "k", "v", "rot_q", "rot_k", "attn_scores", "pattern", "z", "result")

            def forward(self, x%s):
        """
            .formatted(shortformer ? ", positions" : "")
        + when(shortformer, "        qk = x + positions  # values know no positions\n")
        + """
                q = self.hook_q(torch.einsum("btd,hde->bthe", %s, self.W_Q)%s)
                k = self.hook_k(torch.einsum("btd,hde->bthe", %s, self.W_K)%s)
                v = self.hook_v(torch.einsum("btd,hde->bthe", x, self.W_V)%s)
        """
            .formatted(
                qk,
                bias ? " + self.b_Q" : "",
                qk,
                bias ? " + self.b_K" : "",
                bias ? " + self.b_V" : "")
        + when(rotary, "        q, k = rotate(q), rotate(k)\n")
        + when(smears, smear())
        + "        q, k = self.hook_rot_q(q), self.hook_rot_k(k)\n"
        + when(
            grouped,
            """
                    k = k.repeat_interleave(HEADS // KEY_HEADS, dim=2)
                    v = v.repeat_interleave(HEADS // KEY_HEADS, dim=2)
            """)
        + "        scores = torch.einsum(\"bqhe,bkhe->bhqk\", q, k) / D_HEAD**0.5\n"
        + when(
            spec.positions() instanceof Positions.Alibi,
            "        scores = scores - penalties(x.shape[1]).to(scores)\n")
        + """
                later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=x.device).triu(1)
        """
        + when(
            windowed,
            """
                    if self.window:
                        later = later | ~later.new_ones(later.shape).triu(1 - self.window)
            """)
        + """
                scores = self.hook_attn_scores(scores.masked_fill(later, -torch.inf))
                pattern = self.hook_pattern(scores.softmax(dim=-1))
                z = self.hook_z(torch.einsum("bhqk,bkhe->bqhe", pattern, v))
                result = self.hook_result(torch.einsum("bthe,hed->bthd", z, self.W_O))
                return result.sum(dim=2)%s
        """
            .formatted(spec.biases().onAttentionOutput() ? " + self.b_O" : "");
  }

  private String mlp() {
    if (!spec.hasMlp()) {
      return "";
    }
    boolean gated = spec.activation().gated();
    boolean bias = spec.biases().onMlp();
    String in = "x @ self.W_in" + (bias ? " + self.b_in" : "");
    String activation =
        switch (spec.activation()) {
          case RELU -> "pre.relu()";
          case GELU -> "nn.functional.gelu(pre)";
          case GELU_TANH -> "nn.functional.gelu(pre, approximate=\"tanh\")";
          case SWIGLU -> "nn.functional.silu(pre) * (" + in + ")";
        };
    return """
    class MLP(nn.Module):
        def __init__(self):
            super().__init__()
            self.W_in = nn.Parameter(torch.empty(D_MODEL, D_MLP))
    """
        + when(gated, "        self.W_gate = nn.Parameter(torch.empty(D_MODEL, D_MLP))\n")
        + "        self.W_out = nn.Parameter(torch.empty(D_MLP, D_MODEL))\n"
        + when(
            bias,
            """
                    self.b_in = nn.Parameter(torch.empty(D_MLP))
                    self.b_out = nn.Parameter(torch.empty(D_MODEL))
            """)
        + """
                add_hooks(self, "pre", "post")

            def forward(self, x):
                pre = self.hook_pre(%s)
                post = self.hook_post(%s)
                return post @ self.W_out%s
        """
            .formatted(gated ? "x @ self.W_gate" : in, activation, bias ? " + self.b_out" : "");
  }

  private String block() {
    boolean mid = spec.hasMlp() && !spec.parallelResidual();
    String read = normed ? "self.ln1(x)" : "x";
    String lateRead = mid ? "mid" : "x";
    return """
    class Block(nn.Module):
        def __init__(self%s):
            super().__init__()
            self.attn = Attention(%s)
    """
            .formatted(layered ? ", layer" : "", layered ? "layer" : "")
        + when(normed, "        self.ln1 = Norm()\n")
        + when(spec.hasMlp(), "        self.mlp = MLP()\n")
        + when(spec.hasMlp() && normed, "        self.ln2 = Norm()\n")
        + """
                add_hooks(self, "resid_pre", "attn_out"%s%s, "resid_post")

            def forward(self, x%s):
                x = self.hook_resid_pre(x)
                attn_out = self.hook_attn_out(self.attn(%s%s))
        """
            .formatted(
                mid ? ", \"resid_mid\"" : "",
                spec.hasMlp() ? ", \"mlp_out\"" : "",
                shortformer ? ", positions" : "",
                read,
                shortformer ? ", positions" : "")
        + when(mid, "        mid = self.hook_resid_mid(x + attn_out)\n")
        + when(
            spec.hasMlp(),
            "        mlp_out = self.hook_mlp_out(self.mlp(%s))\n"
                .formatted(normed ? "self.ln2(" + lateRead + ")" : lateRead))
        + "        return self.hook_resid_post(%s)\n"
            .formatted(
                !spec.hasMlp() ? "x + attn_out" : mid ? "mid + mlp_out" : "x + attn_out + mlp_out");
  }

  private String transformer() {
    boolean table = shortformer || spec.positions() instanceof Positions.Learned;
    boolean inStream =
        spec.positions() instanceof Positions.Learned
            || spec.positions() instanceof Positions.Sinusoidal;
    String rows =
        table ? "self.pos_embed[\"W_pos\"][: tokens.shape[1]]" : "sinusoids(tokens.shape[1]).to(x)";
    String places = inStream || shortformer ? ", \"pos_embed\"" : "";
    return """
    class Transformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.ParameterDict({"W_E": torch.empty(D_VOCAB, D_MODEL)})
    """
        + when(
            table,
            "        self.pos_embed = nn.ParameterDict({\"W_pos\": torch.empty(N_CTX, D_MODEL)})\n")
        + "        self.blocks = nn.ModuleList(Block(%s) for %s in range(LAYERS))\n"
            .formatted(layered ? "l" : "", layered ? "l" : "_")
        + when(spec.hasFinalNorm(), "        self.ln_final = Norm()\n")
        + when(
            !spec.tied(),
            "        self.unembed = nn.ParameterDict({\"W_U\": torch.empty(D_MODEL, D_VOCAB)})\n")
        + """
                add_hooks(self, "embed"%s)

            def forward(self, tokens):
                x = self.hook_embed(self.embed["W_E"][tokens])
        """
            .formatted(places)
        + when(
            inStream || shortformer,
            "        positions = self.hook_pos_embed((%s).expand_as(x))\n".formatted(rows))
        + when(inStream, "        x = x + positions\n")
        + """
                for block in self.blocks:
                    x = block(x%s)
        """
            .formatted(shortformer ? ", positions" : "")
        + when(spec.hasFinalNorm(), "        x = self.ln_final(x)\n")
        + (spec.tied()
            ? "        return x @ self.embed[\"W_E\"].T\n"
            : "        return x @ self.unembed[\"W_U\"]\n");
  }

  private String load() {
    return """
    def load():
        \"""The model with the weights beside this file.\"""
        model = Transformer()
        model.load_state_dict(load_file(Path(__file__).with_name("model.safetensors")))
        return model.eval()
    """;
  }
}
