using Scenograph.Torch;

namespace Scenograph.Models;

/// <summary>
/// IODINE's refinement network f_φ: strided convolutions with ELU, average over places, a linear layer with ELU; beside the vector inputs into
/// an LSTM; from there a linear change of the posterior's parameters. Names as in the version's state-dict.
/// </summary>
internal sealed class IodineRefinement : Module
{
    private readonly Iodine.Options options;
    private readonly Sequential convolutions;
    private readonly Linear features;
    private readonly LSTMCell? lstm;
    private readonly Linear[] heads;

    /// <param name="options">The model's.</param>
    /// <param name="imageInputs">Channels of the image inputs.</param>
    /// <param name="vectorInputs">Size of the vector inputs; may be 0.</param>
    /// <param name="random">Source of the starting values.</param>
    public IodineRefinement(Iodine.Options options, int imageInputs, int vectorInputs, Generator? random)
    {
        this.options = options;
        var (filters, kernel, layers, hidden) = (options.RefinementFilters, options.RefinementKernel, options.RefinementLayers, options.Hidden);
        var isBenchmark = options.Version == Iodine.Version.ClevrTex;
        var parts = new List<Layer>();
        for (var i = 0; i < layers; i++)
        {
            parts.Add(Child(isBenchmark ? $"conv.{2 * i}" : $"mlc.layers.{i}",
                new Conv2d(i == 0 ? imageInputs : filters, filters, kernel, options.RefinementStride, padding: kernel / 2, random: random)));
            parts.Add(Activation.EluInPlace());
        }
        convolutions = new Sequential([.. parts]);
        // Behind the convolutions stand the pooling and a flattening, which have numbers in the benchmark's names.
        features = Child(isBenchmark ? $"conv.{2 * layers + 2}" : "mlp.layers.0", new Linear(filters, hidden, random: random));
        lstm = options.Recurrent ? Child("lstm", new LSTMCell(hidden + vectorInputs, hidden, random: random, suffix: isBenchmark ? "_l0" : "")) : null;
        var code = options.Recurrent ? hidden : hidden + vectorInputs;
        heads = isBenchmark
            ? [Child("ref_head", new Linear(code, 2 * options.Size, random: random))]
            : [Child("mean_update", new Linear(code, options.Size, random: random)), Child("logvar_update", new Linear(code, options.Size, random: random))];
        Operations = OperationsOf(options, imageInputs, vectorInputs);
    }

    /// <summary>Operations for one component.</summary>
    public double Operations { get; }

    /// <summary>The LSTM's h and c to start with, [N, hidden] each; empty without one.</summary>
    public IReadOnlyList<Tensor> Start(long count)
    {
        if (lstm is null) return [];
        var (hidden, cell) = lstm.Start(count);
        return [hidden, cell];
    }

    /// <param name="images">[N, inputs, H, W]</param>
    /// <param name="vectors">[N, vector inputs], or null where there are none.</param>
    /// <param name="state">The LSTM's h and c; empty without one.</param>
    /// <returns>Δλ, [N, 2L], and the LSTM's next state.</returns>
    public (Tensor Change, IReadOnlyList<Tensor> State) Forward(Tensor images, Tensor? vectors, IReadOnlyList<Tensor> state)
    {
        using var scope = TensorScope.Begin();
        var x = convolutions.Forward(images.Contiguous(MemoryFormat.ChannelsLast)).Mean([2, 3]);        // [N, F]
        x = features.Forward(x).Elu_();                                                                 // [N, hidden]
        if (options.DoubleElu) x = x.Elu();
        x = x.To(images.DType);
        var code = vectors is null ? x : Operators.Cat([x, vectors], 1);
        IReadOnlyList<Tensor> next = [];
        if (lstm is not null)
        {
            var (hidden, cell) = lstm.Forward(code, (state[0], state[1]));                              // [N, hidden] each
            code = options.CellHead ? cell : hidden;
            next = [scope.Keep(hidden.To(images.DType)), scope.Keep(cell.To(images.DType))];
        }
        var change = heads.Length == 1 ? heads[0].Forward(code) : Operators.Cat([.. heads.Select(head => head.Forward(code))], 1);
        return (scope.Keep(change.To(images.DType)), next);
    }

    private static double OperationsOf(Iodine.Options options, int imageInputs, int vectorInputs)
    {
        double operations = 0;
        var (rows, columns, inputs) = (options.Height, options.Width, imageInputs);
        for (var i = 0; i < options.RefinementLayers; i++)
        {
            var trimmed = 2 * (options.RefinementKernel / 2) - options.RefinementKernel;
            (rows, columns) = ((rows + trimmed) / options.RefinementStride + 1, (columns + trimmed) / options.RefinementStride + 1);
            operations += 2.0 * rows * columns * options.RefinementKernel * options.RefinementKernel * inputs * options.RefinementFilters;
            inputs = options.RefinementFilters;
        }
        double hidden = options.Hidden;
        operations += 2 * hidden * options.RefinementFilters;
        if (options.Recurrent) operations += 8 * hidden * (2 * hidden + vectorInputs);
        return operations + 4 * options.Size * (options.Recurrent ? hidden : hidden + vectorInputs);
    }
}
