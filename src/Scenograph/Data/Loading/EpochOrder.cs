namespace Scenograph.Data.Loading;

/// <summary>The order of the scenes in each epoch: a pure function of seed and epoch, so that a run goes on where it stopped.</summary>
internal sealed class EpochOrder(int count, bool shuffle, long seed)
{
    // Workers are at most one epoch apart from each other as long as batches are read ahead in order.
    private const int Kept = 3;

    private readonly Dictionary<int, int[]> orders = [];
    private readonly Lock gate = new();

    /// <returns>Position in the set of the <paramref name="i"/>-th scene of the epoch.</returns>
    public int this[int epoch, int i] => shuffle ? Order(epoch)[i] : i;

    private int[] Order(int epoch)
    {
        lock (gate)
        {
            if (!orders.TryGetValue(epoch, out var order))
            {
                if (orders.Count >= Kept)
                {
                    orders.Remove(orders.Keys.Min());
                }

                orders[epoch] = order = new SceneRandom(seed, 3, epoch).Permutation(count);
            }

            return order;
        }
    }
}
