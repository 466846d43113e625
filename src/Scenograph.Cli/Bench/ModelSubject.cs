using Scenograph.Models;
using Scenograph.Torch;
using Scenograph.Training.Recipes;

namespace Scenograph.Cli.Bench;

/// <summary>One training step of a model on images of noise.</summary>
internal sealed class ModelSubject : IBenchSubject
{
    private readonly Device device;
    private readonly bool lowPrecision;
    private readonly Generator random = new(0);
    private readonly SeededNoise noise;
    private readonly Model model;
    private readonly Adam optimizer;
    private readonly Tensor images;
    private readonly int[] indices;

    public ModelSubject(ModelRecipe options, int batch, bool lowPrecision, Device device)
    {
        this.device = device;
        this.lowPrecision = lowPrecision;
        noise = NoiseSource.Seeded(1, device);
        model = ModelCatalogue.Create(options, random);
        model.To(device);
        optimizer = new(model, 4e-4);
        var (channels, height, width) = ((DecompositionModel)model).ImageSize;
        images = Operators.Rand([batch, channels, height, width], random).To(device);
        indices = new int[batch];
    }

    public void Step()
    {
        using var scope = TensorScope.Begin();
        var loss = Loss();
        loss.Backward();
        optimizer.Step();
        optimizer.ZeroGrad();
        if (device.Type == DeviceType.Cuda) loss.ToDouble(); // waits for the device
    }

    private Tensor Loss()
    {
        using var scope = TensorScope.Begin();
        using var autocast = lowPrecision ? Autocast.Begin(device) : null;
        return scope.Keep(model.Objective(new(images, indices), 0, noise).Total);
    }

    public void Dispose()
    {
        images.Dispose();
        optimizer.Dispose();
        model.Dispose();
        noise.Dispose();
        random.Dispose();
    }
}
