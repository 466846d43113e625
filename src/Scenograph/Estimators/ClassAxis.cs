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
        // An argmax across rows costs twenty times as much. Of entries that are equally large the first has the highest rank. Comparing in
        // place gives numbers, which is vectorised; comparing gives booleans, which is not.
        var rank = x.Clone().Eq_(x.Amax([-1], keepdim: true)) * Operators.Arange(x.Size(-1), 0, -1, x.DType, device: x.Device);
        return scope.Keep(rank.Eq_(rank.Amax([-1], keepdim: true).ClampMin(1)));
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
        return scope.Keep((places.To(like.DType).Unsqueeze(-2) - numbers.Unsqueeze(-1)).Eq_(0).Transpose(-1, -2));
    }

    /// <summary>1 at the class in whose share of [0, 1) a number lies and 0 elsewhere, without history: a draw by one number.</summary>
    /// <param name="logits">[.., K], unnormalised.</param>
    /// <param name="uniform">[.., 1]</param>
    /// <returns>[.., K]</returns>
    public static Tensor OneHotOfUniform(Tensor logits, Tensor uniform)
    {
        using var _ = GradMode.Off();
        using var scope = TensorScope.Begin();
        var (isShort, classes) = (IsShort(logits), logits.Size(-1));
        var axis = isShort ? -2 : -1;
        var probabilities = Softmax(logits);
        if (isShort) (probabilities, uniform) = (probabilities.Transpose(-1, -2), uniform.Transpose(-1, -2));
        var passed = probabilities.Cumsum(axis).Narrow(axis, 0, classes - 1).Le_(uniform);      // 1 where the number lies beyond the class
        var edges = Operators.Cat([uniform.OnesLike(), passed, uniform.ZerosLike()], axis);
        var oneHot = edges.Narrow(axis, 0, classes) - edges.Narrow(axis, 1, classes);
        return scope.Keep(isShort ? oneHot.Transpose(-1, -2) : oneHot);
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
