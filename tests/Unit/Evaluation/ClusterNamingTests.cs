using Scenograph.Evaluation;

namespace Scenograph.Tests.Unit.Evaluation;

public sealed class ClusterNamingTests
{
    [Fact]
    public void As_many_clusters_as_classes_are_assigned_one_to_one()
    {
        var naming = ClusterNaming.Of([0, 0, 1, 1, 2, 2], [2, 2, 0, 0, 0, 1], 3, 3);

        Assert.Equal([2, 0, 1], naming.ClassOf);
        Assert.Equal(5 / 6.0, naming.Accuracy, 1e-12);
        Assert.Equal((0, 0), (naming.EmptyClusters, naming.UnnamedClasses));
    }

    [Fact]
    public void More_clusters_than_classes_take_their_commonest_class()
    {
        var naming = ClusterNaming.Of([0, 1, 1, 2, 2, 2], [0, 0, 1, 1, 1, 0], 4, 2);

        Assert.Equal([0, 0, 1, 0], naming.ClassOf);
        Assert.Equal(4 / 6.0, naming.Accuracy, 1e-12);
        Assert.Equal((1, 0), (naming.EmptyClusters, naming.UnnamedClasses));
    }

    [Fact]
    public void Fewer_clusters_than_classes_leave_classes_without_a_cluster()
    {
        var naming = ClusterNaming.Of([0, 0, 0, 1, 1], [0, 0, 2, 1, 1], 2, 3);

        Assert.Equal([0, 1], naming.ClassOf);
        Assert.Equal(0.8, naming.Accuracy, 1e-12);
        Assert.Equal(1, naming.UnnamedClasses);
    }

    [Fact]
    public void One_to_one_leaves_clusters_without_a_class_where_there_are_more()
    {
        var naming = ClusterNaming.Of([0, 0, 1, 2], [0, 0, 0, 1], 3, 2, NamingRule.OneToOne);

        Assert.Equal([0, -1, 1], naming.ClassOf);
        Assert.Equal(0.75, naming.Accuracy, 1e-12);
    }

    [Fact]
    public void One_cluster_is_the_commonest_class()
    {
        var naming = ClusterNaming.Of([0, 0, 0], [1, 1, 0], 1, 2);

        Assert.Equal([1], naming.ClassOf);
        Assert.Equal(2 / 3.0, naming.Accuracy, 1e-12);
    }

    [Fact]
    public void No_pictures_have_no_accuracy() => Assert.True(double.IsNaN(ClusterNaming.Of([], [], 2, 2).Accuracy));

    [Fact]
    public void A_cluster_that_does_not_exist_is_an_error() => Assert.Throws<ArgumentException>(() => ClusterNaming.Of([2], [0], 2, 2));
}
