// A colonnade in the late afternoon.
#version 3.7;
global_settings { assumed_gamma 1.0 radiosity { count 60 error_bound 0.7 recursion_limit 2 brightness 1.0 } }
#declare Sun_Way = vnormalize(<-1.0, 0.62, 0.55>);
camera { location <0.35, 1.65, -5.5> look_at <0.05, 2.35, 12> right x * image_width / image_height angle 52 }
light_source { Sun_Way * 500 color rgb <2.6, 1.95, 1.25> area_light x * 6, z * 6, 4, 4 adaptive 1 jitter }
sky_sphere {
  pigment { gradient y color_map { [0 rgb <0.80, 0.82, 0.86>] [0.4 rgb <0.28, 0.50, 0.82>] [1 rgb <0.10, 0.26, 0.60>] } }
}
#declare Stone = texture {
  pigment {
    granite turbulence 0.2
    color_map { [0 rgb <0.78, 0.66, 0.50>] [0.5 rgb <0.86, 0.76, 0.60>] [1 rgb <0.70, 0.57, 0.42>] }
    scale 1.4
  }
  normal { granite 0.12 scale 0.5 }
  finish { diffuse 0.75 }
}
#declare Floor_Stone = texture {
  checker
  texture { pigment { granite color_map { [0 rgb <0.62, 0.50, 0.38>] [1 rgb <0.74, 0.62, 0.48>] } scale 0.8 } finish { diffuse 0.7 reflection { 0.0, 0.22 fresnel on } } },
  texture { pigment { granite color_map { [0 rgb <0.34, 0.22, 0.17>] [1 rgb <0.44, 0.30, 0.22>] } scale 0.8 } finish { diffuse 0.7 reflection { 0.0, 0.22 fresnel on } } }
  scale 0.9 rotate y * 45
}
#declare Column = union {
  box { <-0.34, 0, -0.34>, <0.34, 0.14, 0.34> }
  torus { 0.28, 0.07 translate y * 0.21 }
  difference {
    cone { <0, 0.22, 0>, 0.27, <0, 2.75, 0>, 0.22 }
    #for (N, 0, 15)
      cone { <0.285, 0.30, 0>, 0.036, <0.235, 2.70, 0>, 0.030 rotate y * N * 22.5 }
    #end
  }
  torus { 0.23, 0.04 translate y * 2.77 }
  cone { <0, 2.80, 0>, 0.23, <0, 2.95, 0>, 0.34 }
  box { <-0.37, 2.95, -0.37>, <0.37, 3.07, 0.37> }
}
#declare Bay = difference {
  box { <-0.30, 3.07, -1.25>, <0.30, 5.2, 1.25> }
  cylinder { <-1, 3.07, 0>, <1, 3.07, 0>, 0.95 }
}
#declare Row = union {
  #for (N, 0, 11)
    object { Column translate z * (N * 2.5 - 1.25) }
    object { Bay translate z * N * 2.5 }
  #end
  box { <-0.40, 5.0, -3>, <0.40, 5.2, 32> }
}
plane { y, 0 texture { Floor_Stone } }
object { Row translate x * -2.0 texture { Stone } }
object { Row translate x * 2.0 texture { Stone } }
// The wall on the right, the vault, and the end.
box { <3.6, 0, -8>, <4.0, 9, 34> texture { Stone } }
difference {
  box { <-2.4, 3.9, -6>, <2.4, 6.2, 31> }
  cylinder { <0, 4.0, -7>, <0, 4.0, 32>, 1.72 }
  texture { pigment { rgb <0.92, 0.86, 0.76> } finish { diffuse 0.75 } }
}
difference {
  box { <-5, 0, 31>, <5, 8, 31.6> }
  box { <-0.95, 0, 30>, <0.95, 2.4, 32> }
  cylinder { <0, 2.4, 30>, <0, 2.4, 32>, 0.95 }
  texture { Stone }
}
// Trees in the garden behind the arches.
#declare Chance = seed(4);
#for (N, 0, 13)
  #declare Tall = 3 + 3 * rand(Chance);
  sphere { 0, 1 scale <0.55, Tall, 0.55> translate <-8 - 7 * rand(Chance), Tall * 0.9, N * 2.6 - 2>
    texture { pigment { bozo color_map { [0 rgb <0.05, 0.10, 0.03>] [1 rgb <0.14, 0.22, 0.06>] } scale 0.2 } normal { bumps 1.2 scale 0.12 } }
  }
#end
