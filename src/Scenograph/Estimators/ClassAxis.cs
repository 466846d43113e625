using Scenograph.Torch;

namespace Scenograph.Estimators;

/// <summary>
/// Operators along a last axis of few classes. libtorch goes over such an axis row by row, some twenty times slower than with the classes
/// apart in memory; so the axis in front of it becomes the fast one, and element-wise operators keep it so.
/// </summary>
internal static class ClassAxis
{
    private const int Few = 32;

    /// <summary>exp x / Σ exp x.</summary>
    public static Tensor Softmax(Tensor x) => IsShort(x) ? x.Transpose(-1, -2).Softmax(-2).Transpose(-1, -2) : x.Softmax(-1);

    /// <summary>x − ln Σ exp x.</summary>
    public static Tensor LogSoftmax(Tensor x) => IsShort(x) ? x.Transpose(-1, -2).LogSoftmax(-2).Transpose(-1, -2) : x.LogSoftmax(-1);

    /// <summary>1 at the first largest entry of each row and 0 elsewhere, without history.</summary>
    public static Tensor OneHotOfLargest(Tensor x)
    {
        using var _ = GradMode.Off();
        using var scope = TensorScope.Begin();
        if (!IsShort(x)) return scope.Keep(OneHot(x.Argmax(-1), x.Size(-1), x));
        // An argmax across rows costs twenty times as much. Of entries that are equally large the first has the highest rank.
        var rank = x.Eq(x.Amax([-1], keepdim: true)).To(x.DType) * Operators.Arange(x.Size(-1), 0, -1, x.DType, device: x.Device);
        return scope.Keep(rank.Eq(rank.Amax([-1], keepdim: true).ClampMin(1)).To(x.DType));
    }

    /// <summary>1 at a class and 0 elsewhere.</summary>
    /// <param name="places">[..]</param>
    /// <param name="classes">K.</param>
    /// <param name="like">Element type and device.</param>
    /// <returns>[.., K]</returns>
    public static Tensor OneHot(Tensor places, long classes, Tensor like)
    {
        using var _ = GradMode.Off();
        using var scope = TensorScope.Begin();
        if (classes > Few) return scope.Keep(Operators.Zeros([.. places.Shape, classes], like.DType, like.Device).Scatter_(-1, places.Unsqueeze(-1), 1));
        var numbers = Operators.Arange(0, classes, 1, like.DType, device: like.Device);
        if (places.Dimensions == 0) return scope.Keep(numbers.Eq(places).To(like.DType));
        return scope.Keep(places.To(like.DType).Unsqueeze(-2).Eq(numbers.Unsqueeze(-1)).To(like.DType).Transpose(-1, -2));
    }

    /// <summary>Tensors one after another along the first axis.</summary>
    public static Tensor Cat(params ReadOnlySpan<Tensor> tensors)
    {
        if (!IsShort(tensors[0])) return Operators.Cat(tensors);
        var turned = new Tensor[tensors.Length];
        for (var i = 0; i < turned.Length; i++) turned[i] = tensors[i].Transpose(-1, -2);
        return Operators.Cat(turned).Transpose(-1, -2);
    }

    private static bool IsShort(Tensor x) => x.Dimensions > 1 && x.Size(-1) <= Few;
}
